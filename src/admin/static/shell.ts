// What is around every view: header, banners of silence and of the pause switch, the view itself, toasts. Before it is known who looks,
// and when nobody is signed in, there is nothing else.
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Caller } from './answers.ts';
import { get, isThere } from './api-client.ts';
import { waitingApprovals } from './approvals.ts';
import { AwayBanner } from './away-banner.ts';
import { Header } from './header.ts';
import { readPause } from './healing-state.ts';
import { Help } from './help.ts';
import { html } from './html.ts';
import { useKeys } from './keys.ts';
import { silentSinceMs } from './last-answers.ts';
import { startLive, stopLive } from './live.ts';
import { toProblem, useEvery, useLoad } from './load.ts';
import { Failed, Loading, Show } from './parts/states.ts';
import { PauseBanner } from './pause-banner.ts';
import { route } from './route.ts';
import type { View } from './route.ts';
import { company, session, signedIn } from './session.ts';
import { SignIn } from './sign-in.ts';
import { Toasts } from './toasts.ts';
import { loadView, sectionOf, wayTo } from './views/view.ts';
import type { Problem } from './api-client.ts';

/** The switch may be turned elsewhere: on another page, by an agent, over REST. */
const READ_PAUSE_MS = 10_000;

export function Shell() {
  const [failure, setFailure] = useState<Problem | undefined>(undefined);
  const ask = () => {
    setFailure(undefined);
    get<Caller>('/api/me').then(signedIn, (cause: unknown) => {
      const problem = toProblem(cause);
      if (problem.status !== 401) setFailure(problem);
    });
  };
  useEffect(ask, []);
  if (session.value.kind === 'in') return html`<${Signed} />`;
  if (session.value.kind === 'out') return html`<${SignIn} onSignedIn=${ask} />`;
  return html`<main class="alone">
    ${
      failure === undefined
        ? html`<${Loading} what="the page" />`
        : html`<${Failed} what="The page" failure=${failure} retry=${ask} />`
    }
  </main>`;
}

const follow = (home: View) => {
  location.hash = wayTo(home);
};

function Signed() {
  const [helping, setHelping] = useState(false);
  const section = sectionOf(route.value.view);
  const { title } = section;
  const { state } = useLoad(title, () => loadView(section));
  useEffect(() => {
    startLive();
    return stopLive;
  }, [company.value]);
  const renewPause = () => void readPause().catch(() => undefined); // The views say that the server is away.
  useEffect(renewPause, [company.value]);
  useEvery(READ_PAUSE_MS, renewPause);
  const waiting = waitingApprovals();
  useEffect(() => {
    document.title = `${waiting === 0 ? '' : `(${waiting}) `}${title} · Errata`;
  }, [title, waiting]);
  useKeys({
    '?': () => setHelping(true),
    'g f': () => follow('errors'),
    'g x': () => follow('fixes'),
    'g a': () => follow('agents'),
    'g t': () => follow('trends'),
    '/': () => document.querySelector<HTMLInputElement>('[data-search]')?.focus(),
  });
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>Skip to content</a>
    <${Header} onHelp=${() => setHelping(true)} />
    <${AwayBanner} />
    <${PauseBanner} />
    <main id="main" tabindex="-1">
      ${
        state.kind === 'failed'
          ? html`<${ViewAway} title=${title} />`
          : html`<${Show}
              what="the view"
              state=${state}
              show=${(View: ComponentType) => html`<${View} key=${company.value ?? 'own'} />`}
            />`
      }
    </main>
    <${Toasts} />
    ${helping ? html`<${Help} onClose=${() => setHelping(false)} />` : null}
  `;
}

/** Its files could not be fetched. A browser may keep that answer, so all of the page is loaded anew, once Errata is there. */
function ViewAway({ title }: { readonly title: string }) {
  const wasSilent = useRef(false);
  const isSilent = silentSinceMs.value !== undefined;
  useEffect(() => {
    if (wasSilent.current && !isSilent) location.reload();
    wasSilent.current = isSilent;
  }, [isSilent]);
  useEffect(() => void isThere(), []);
  const tryAgain = () =>
    void isThere().then((there) => {
      if (there) location.reload();
    });
  return html`<div class="state" role="alert">
    <h1 class="state-title">${title} was not loaded yet</h1>
    <p>
      ${
        isSilent
          ? 'Errata does not answer, so its files can’t be had. It is loaded when Errata answers again; what was looked at before is still here.'
          : 'Its files could not be had: the page may be older than Errata is by now.'
      }
    </p>
    <button type="button" onClick=${tryAgain}>Try again</button>
  </div>`;
}

/** The hash is taken by the route. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
