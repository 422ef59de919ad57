// What is around every view: header, banner of the pause switch, the view itself, toasts. Before it is known who looks,
// and when nobody is signed in, there is nothing else.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Caller } from './answers.ts';
import { get } from './api-client.ts';
import { Header } from './header.ts';
import { readPause } from './healing-state.ts';
import { Help } from './help.ts';
import { html } from './html.ts';
import { useKeys } from './keys.ts';
import { startLive, stopLive } from './live.ts';
import { toProblem, useEvery, useLoad } from './load.ts';
import { Failed, Loading, Show } from './parts/states.ts';
import { PauseBanner } from './pause-banner.ts';
import { goTo, route } from './route.ts';
import { company, session, signedIn } from './session.ts';
import { SignIn } from './sign-in.ts';
import { Toasts } from './toasts.ts';
import { sectionOf } from './views/view.ts';
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

function Signed() {
  const [helping, setHelping] = useState(false);
  const section = sectionOf(route.value.view);
  const { title } = section;
  const { state, reload } = useLoad(title, section.load);
  useEffect(() => {
    startLive();
    return stopLive;
  }, [company.value]);
  const renewPause = () => void readPause().catch(() => undefined); // The views say that the server is away.
  useEffect(renewPause, []);
  useEvery(READ_PAUSE_MS, renewPause);
  useEffect(() => {
    document.title = `${title} · Errata`;
  }, [title]);
  useKeys({
    '?': () => setHelping(true),
    'g f': () => goTo('errors'),
    'g x': () => goTo('fixes'),
    'g a': () => goTo('agents'),
    'g t': () => goTo('trends'),
    '/': () => document.querySelector<HTMLInputElement>('[data-search]')?.focus(),
  });
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>Skip to content</a>
    <${Header} onHelp=${() => setHelping(true)} />
    <${PauseBanner} />
    <main id="main" tabindex="-1">
      <${Show}
        what="the view"
        state=${state}
        retry=${reload}
        show=${(View: ComponentType) => html`<${View} key=${company.value ?? 'own'} />`}
      />
    </main>
    <${Toasts} />
    ${helping ? html`<${Help} onClose=${() => setHelping(false)} />` : null}
  `;
}

/** The hash is taken by the route. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
