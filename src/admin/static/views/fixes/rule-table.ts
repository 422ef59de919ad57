// The rules in force: how far each may go, whether it can work here, and what it has brought.
import { get } from '../../api-client.ts';
import type { RuleList } from '../../answers.ts';
import { html } from '../../html.ts';
import { useLoad } from '../../load.ts';
import { Mark } from '../../parts/mark.ts';
import type { Tone } from '../../parts/mark.ts';
import { Empty, Show } from '../../parts/states.ts';
import { durationText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { company } from '../../session.ts';

type Rule = RuleList['rules'][number];

export function RuleTable() {
  const { state, reload } = useLoad(`${company.value}`, (signal) => get<RuleList>('/api/rules', {}, signal));
  return html`<${Show}
    what="rules"
    state=${state}
    retry=${reload}
    show=${({ rules }: RuleList) =>
      rules.length === 0
        ? html`<${Empty} title="There are no rules"><p>Put one into the folder of rules; it is taken at once.</p><//>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Rules, scrolls">
            <table class="table">
              <caption class="unseen">
                Rules, highest priority first, with what they have brought
              </caption>
              <thead>
                <tr>
                  <th scope="col">Rule</th>
                  <th scope="col">Mode</th>
                  <th scope="col" class="number">Attempts</th>
                  <th scope="col" class="number">Proven</th>
                  <th scope="col" class="number">No use</th>
                  <th scope="col" class="number">Came back</th>
                  <th scope="col" class="number">Median to proven</th>
                  <th scope="col" class="number">Without a fix</th>
                  <th scope="col">Limits</th>
                </tr>
              </thead>
              <tbody>
                ${rules.map(renderRule)}
              </tbody>
            </table>
          </div>`}
  />`;
}

function renderRule(rule: Rule) {
  const { efficacy, limits } = rule;
  const share = efficacy.attempts === 0 ? undefined : efficacy.succeeded / efficacy.attempts;
  return html`<tr key=${rule.id}>
    <th scope="row">
      <a href=${linkTo('fixes', undefined, { rule: rule.id })} title="Attempts of this rule"
        ><${Untrusted} text=${rule.title}
      /></a>
      <span class="mono quiet below"><${Untrusted} text=${rule.id} /></span>
    </th>
    <td><${ModeMark} rule=${rule} /></td>
    <td class="number">${efficacy.attempts}</td>
    <td class="number">
      ${efficacy.succeeded}${share === undefined ? null : html`<span class="quiet"> ${percent(share)}</span>`}
    </td>
    <td class="number">${efficacy.ineffective}</td>
    <td class="number">${efficacy.relapsed}</td>
    <td class="number">${efficacy.median_recovery_ms === null ? '–' : durationText(efficacy.median_recovery_ms)}</td>
    <td class="number" title="Share of firings without a fix whose groups fell silent as well">
      ${efficacy.recovery_without_fix === null ? '–' : percent(efficacy.recovery_without_fix)}
    </td>
    <td class="quiet">
      ${limitText(limits)}
      <span class="below"
        >${`stops for ${durationText(limits.breaker.open_ms)} after ${limits.breaker.failures} that did not help`}</span
      >
    </td>
  </tr>`;
}

function limitText({ attempts, cooldown_ms: cooldownMs }: Rule['limits']): string {
  const apart = cooldownMs === 0 ? '' : `, ${durationText(cooldownMs)} apart`;
  return `at most ${attempts.max} in ${durationText(attempts.within_ms)}${apart}`;
}

const TONES: Readonly<Record<Rule['mode'], Tone>> = { auto: 'good', approve: 'info', observe: 'quiet' };

function ModeMark({ rule }: { readonly rule: Rule }) {
  const { mode, effective_mode: effective, unavailable } = rule;
  if (unavailable !== null) {
    return html`<${Mark} tone="warning" icon="warning" text="can't work" /><span class="quiet below"
        ><${Untrusted} text=${unavailable}
      /></span>`;
  }
  const icon = effective === 'auto' ? 'running' : effective === 'approve' ? 'waiting' : 'quiet';
  return html`<${Mark} tone=${TONES[effective]} icon=${icon} text=${effective} />${
      mode === effective ? null : html`<span class="quiet below">its file says ${mode}</span>`
    }`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
