// Name, views, and what holds for all of them: is it live, may fixes act, whose errors, light or dark, who looks.
import { signOut } from './api-client.ts';
import { ApprovalMark } from './approvals.ts';
import type { ComponentChildren } from 'preact';
import type { PauseState } from './answers.ts';
import { pauseState } from './healing-state.ts';
import { html } from './html.ts';
import { silentSinceMs } from './last-answers.ts';
import { liveState } from './live.ts';
import { toProblem } from './load.ts';
import { Icon } from './parts/icon.ts';
import type { IconName } from './parts/icon.ts';
import { Mark } from './parts/mark.ts';
import { linkTo, route } from './route.ts';
import { company, pickCompany, session } from './session.ts';
import { pickTheme, theme, themes } from './theme.ts';
import { say } from './toast.ts';
import { sections, wayTo } from './views/view.ts';

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const { view } = route.value;
  return html`<header class="header">
    <a class="brand" href=${linkTo('errors')}>errata</a>
    <nav aria-label="Views">
      ${sections.map(
        ({ home, title, views }) =>
          html`<a href=${wayTo(home)} aria-current=${views.some((own) => own === view) ? 'page' : undefined}
            >${title}</a
          >`,
      )}
    </nav>
    <div class="header-end">
      <${LiveMark} />
      <${HealingMark} />
      <${ApprovalMark} />
      <${CompanyPicker} />
      <${GrafanaLink} />
      <${ThemeSwitch} />
      <button type="button" class="bare" aria-label="Keys and help" title="Keys and help (?)" onClick=${onHelp}>
        <${Icon} name="help" />
      </button>
      <${SignOutButton} />
    </div>
  </header>`;
}

function LiveMark() {
  switch (silentSinceMs.value === undefined ? liveState.value : 'away') {
    case 'live':
      return html`<${Mark} tone="good" icon="running" text="live" title="New errors appear by themselves" />`;
    case 'connecting':
      return html`<${Mark} tone="quiet" icon="waiting" text="connecting" />`;
    case 'away':
      return html`<${Mark}
        tone="warning"
        icon="warning"
        text="not live"
        title="The connection is lost; trying again"
      />`;
  }
}

/** How far any rule or service may go at most. */
const MODES: Readonly<Record<PauseState['mode'], readonly [icon: IconName, text: ComponentChildren, title: string]>> = {
  off: ['quiet', 'fixes off', 'This processor fixes nothing: healing is switched off in its configuration'],
  observe: [
    'quiet',
    html`<span>observe<span class="mark-more">: nothing is changed</span></span>`,
    'Rules look, and change nothing by themselves; what a person asks for at an error is done (healing.mode: observe)',
  ],
  approve: ['waiting', 'approve', 'Rules act when a person says yes (healing.mode: approve)'],
  auto: ['running', 'auto', 'Rules act by themselves where the rule and the service are auto too (healing.mode: auto)'],
};

function HealingMark() {
  const state = pauseState.value;
  if (state === undefined) return null;
  if (state.paused) return html`<${Mark} tone="warning" icon="paused" text="fixes paused" />`;
  const [icon, text, title] = MODES[state.mode];
  return html`<${Mark} tone="quiet" icon=${icon} text=${text} title=${title} />`;
}

/** Only for tokens of all companies. There is no list of companies: an id is all there is to one. */
function CompanyPicker() {
  if (company.value === undefined) return null;
  const pick = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    if (currentTarget.checkValidity() && currentTarget.value !== '') pickCompany(Number(currentTarget.value));
  };
  return html`<label class="company">
    <span>company</span>
    <input
      type="number"
      aria-label="Company"
      min="1"
      max="4294967295"
      required
      value=${company.value}
      onChange=${pick}
    />
  </label>`;
}

function GrafanaLink() {
  const address = document.documentElement.dataset['grafana'];
  return address === undefined ? null : html`<a href=${address} rel="noreferrer">Grafana</a>`;
}

function ThemeSwitch() {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
  const label = `Colours: ${theme.value}; change to ${next}`;
  return html`<button type="button" class="bare" aria-label=${label} title=${label} onClick=${() => pickTheme(next)}>
    <${Icon} name=${theme.value} />
  </button>`;
}

function SignOutButton() {
  if (session.value.kind !== 'in' || session.value.caller.name === 'local') return null;
  const leave = () => void signOut().catch((cause: unknown) => say('failed', toProblem(cause).message));
  const label = `Sign out ${session.value.caller.name}`;
  return html`<button type="button" class="bare" aria-label=${label} title=${label} onClick=${leave}>
    <${Icon} name="leave" />
  </button>`;
}
