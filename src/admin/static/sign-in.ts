// A token for a cookie. The token leaves this field for the server only, which keeps it where no script can read it.
import { useRef, useState } from 'preact/hooks';
import { post } from './api-client.ts';
import { html } from './html.ts';
import { toProblem } from './load.ts';

export function SignIn({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const token = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    post('/admin/session', { token: token.current?.value.trim() })
      .then(onSignedIn, (cause: unknown) => setRefusal(refusalText(toProblem(cause))))
      .finally(() => setBusy(false));
  };
  return html`<main class="alone">
    <form class="sign-in" onSubmit=${submit}>
      <h1>errata</h1>
      <label for="token">Access token</label>
      <input
        ref=${token}
        id="token"
        type="password"
        autocomplete="current-password"
        required
        autofocus
        spellcheck="false"
        aria-describedby="token-help"
        aria-invalid=${refusal === '' ? undefined : 'true'}
      />
      <p id="token-help" class="quiet">
        Make one with <code>errata token create --name you --company 1 --scopes read,write,fix,approve</code>
      </p>
      ${refusal === '' ? null : html`<p class="tone" data-tone="error" role="alert">${refusal}</p>`}
      <button type="submit" class="primary" disabled=${busy}>Sign in</button>
    </form>
  </main>`;
}

function refusalText({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'UNAUTHENTICATED' ? 'This token is unknown, expired or revoked.' : message;
}
