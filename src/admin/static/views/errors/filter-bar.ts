// Narrows the feed. Each change stands in the address at once; text waits until the typing rests.
import { useEffect, useRef } from 'preact/hooks';
import { errorTypes, severities } from '../../../../errors/error-event.ts';
import { get } from '../../api-client.ts';
import type { Trends } from '../../answers.ts';
import { html } from '../../html.ts';
import { useLoad } from '../../load.ts';
import { Choice } from '../../parts/choice.ts';
import { Icon } from '../../parts/icon.ts';
import { refine } from '../../route.ts';
import { company } from '../../session.ts';
import { NO_FILTERS, periods } from './filters.ts';
import type { Filters } from './filters.ts';

const REST_MS = 250;

const states = { open: 'open', resolved: 'resolved', all: 'open and resolved' } as const;

export function FilterBar({ filters }: { readonly filters: Filters }) {
  const { severity, service, environment, type, state, since, group } = filters;
  const services = useNames('service', since);
  const environments = useNames('environment', since);
  const isNarrowed = JSON.stringify(filters) !== JSON.stringify(NO_FILTERS);
  return html`<form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
    <${SearchField} text=${filters.text} />
    <fieldset class="severities">
      <legend class="unseen">Severity</legend>
      ${severities.toReversed().map((one) => {
        const isOn = severity.includes(one);
        const next = isOn ? severity.filter((other) => other !== one) : [...severity, one];
        return html`<button
          type="button"
          class="toggle"
          aria-pressed=${isOn ? 'true' : 'false'}
          data-tone=${one}
          onClick=${() => refine({ severity: next.join(',') })}
        >
          <${Icon} name=${one} />${one}
        </button>`;
      })}
    </fieldset>
    <${Choice}
      label="Service"
      value=${service}
      options=${[['', 'all services'], ...withValue(services, service).map((name) => [name, name])]}
      onPick=${(value: string) => refine({ service: value })}
    />
    <${Choice}
      label="Type"
      value=${type}
      options=${[['', 'all types'], ...errorTypes.map((name) => [name, name.replaceAll('_', ' ')])]}
      onPick=${(value: string) => refine({ type: value })}
    />
    <${Choice}
      label="State"
      value=${state}
      options=${Object.entries(states)}
      onPick=${(value: string) => refine({ state: value === 'open' ? '' : value })}
    />
    <${Choice}
      label="Period"
      value=${since}
      options=${Object.entries(periods)}
      onPick=${(value: string) => refine({ since: value === '24h' ? '' : value })}
    />
    <${Choice}
      label="Environment"
      value=${environment}
      options=${[['', 'all environments'], ...withValue(environments, environment).map((name) => [name, name])]}
      onPick=${(value: string) => refine({ environment: value })}
    />
    ${
      group === ''
        ? null
        : html`<button type="button" class="small" title=${group} onClick=${() => refine({ group: '' })}>
            one group <${Icon} name="failed" label="(show all)" />
          </button>`
    }
    ${isNarrowed ? html`<button type="button" class="small" onClick=${clear}>Clear</button>` : null}
  </form>`;
}

function clear(): void {
  refine({ severity: '', service: '', environment: '', type: '', state: '', since: '', group: '', q: '' });
}

/** Which there were errors of in the period; none while they are asked for. */
function useNames(of: 'service' | 'environment', since: string): readonly string[] {
  const { state } = useLoad(`${company.value} ${of} ${since}`, (signal) =>
    get<Trends>('/api/trends', { since, interval: '1d', group_by: of }, signal),
  );
  if (state.kind !== 'ready') return [];
  const keys = new Set(state.value.points.map(({ key }) => key));
  // Errors that name none can't be asked for alone.
  keys.delete('');
  return [...keys].sort();
}

/** What is chosen must be seen, also when it is not in the list any more. */
function withValue(names: readonly string[], value: string): readonly string[] {
  return value === '' || names.includes(value) ? names : [value, ...names];
}

function SearchField({ text }: { readonly text: string }) {
  const field = useRef<HTMLInputElement>(null);
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** What stands in the address because it was typed here: the typing may be further on, and must not be undone. */
  const sent = useRef(text);
  useEffect(() => {
    if (text === sent.current) return;
    // Changed from elsewhere: the back button, Clear. What was being typed is given up.
    clearTimeout(resting.current);
    sent.current = text;
    if (field.current !== null) field.current.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(resting.current), []);
  const type = ({ currentTarget: { value } }: { readonly currentTarget: HTMLInputElement }) => {
    clearTimeout(resting.current);
    resting.current = setTimeout(() => {
      const before = sent.current;
      sent.current = value.trim();
      // The search is one step of the back button, not each word of it.
      refine({ q: sent.current }, before === '' ? 'step' : 'in place');
    }, REST_MS);
  };
  return html`<label class="search">
    <${Icon} name="search" />
    <input
      ref=${field}
      type="search"
      data-search
      placeholder="Whole words of message and type"
      title="Finds errors whose message and exception type have all these words, whole; parts of words are not found"
      aria-label="Search whole words of message and type"
      aria-keyshortcuts="/"
      defaultValue=${text}
      maxlength="1024"
      onInput=${type}
    />
  </label>`;
}
