// Releases that were first seen in the period: as marks over a chart, and as a list. A deploy is known by its first error;
// one that brought none is not seen.
import type { Release } from '../../answers.ts';
import { html } from '../../html.ts';
import { Icon } from '../../parts/icon.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { placeMarks } from './place-marks.ts';

/** A mark that stands for more names these and says how many there are. */
const NAMED = 6;

export function newReleases(releases: readonly Release[], sinceMs: number): readonly Release[] {
  return releases.filter(({ first_seen: at }) => Date.parse(at) >= sinceMs);
}

interface DeployMarksFields {
  readonly releases: readonly Release[];
  readonly toPixels: (ms: number) => number | undefined;
}

export function DeployMarks({ releases, toPixels }: DeployMarksFields) {
  const placed = placeMarks(releases, ({ first_seen: at }) => Date.parse(at), toPixels);
  return html`<ul class="chart-marks" data-below aria-label="Releases first seen">
    ${placed.map(({ left, items: here }) => {
      const [first] = here;
      const names = here.slice(0, NAMED).map(nameOf).join(', ');
      const label = here.length > NAMED ? `${names} and ${here.length - NAMED} more` : names;
      return html`<li key=${nameOf(first)} style=${{ left: `${left}px` }}>
        <a href=${errorsOf(first)} data-tone="quiet" title="First seen: ${label}" aria-label=${label}
          ><${Icon} name="deploy" />${here.length > 1 ? html`<span>${here.length}</span>` : null}</a
        >
      </li>`;
    })}
  </ul>`;
}

export function ReleaseList({ releases }: { readonly releases: readonly Release[] }) {
  return html`<section aria-label="New releases">
    <h2>New releases <span class="quiet">${releases.length}</span></h2>
    ${
      releases.length === 0
        ? html`<p class="quiet">No release sent its first error in this time.</p>`
        : html`<ul>
            ${releases.map(
              (release) =>
                html`<li key=${nameOf(release)}>
                  <a class="changed-row" href=${errorsOf(release)}>
                    <span class="tone" data-tone="quiet"><${Icon} name="deploy" /></span>
                    <b class="cut"><${Untrusted} text=${release.service} /></b>
                    <span class="cut">
                      <${Untrusted} text=${release.release} />${' '}
                      <span class="quiet"><${Untrusted} text=${release.environment} /></span>
                    </span>
                    <span class="number">${release.errors.toLocaleString('en')} ×</span>
                    <span class="quiet number"><${Ago} at=${release.first_seen} words /></span>
                  </a>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

function nameOf({ service, release, environment }: Release): string {
  return `${service} ${release}${environment === '' ? '' : ` in ${environment}`}`;
}

function errorsOf({ service, environment, first_seen: at }: Release): string {
  return linkTo('errors', undefined, { service, environment, state: 'all', since: sinceOf(at) });
}

/** Of the feed's periods the shortest that has it; nothing is its own, the last day. */
function sinceOf(at: string): string | undefined {
  return Date.now() - Date.parse(at) < 86_400_000 ? undefined : '7d';
}
