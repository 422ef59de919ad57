// While nothing answers: what is shown is of then, and since when.
import { html } from './html.ts';
import { silentSinceMs } from './last-answers.ts';
import { Icon } from './parts/icon.ts';
import { Moment } from './parts/time.ts';

export function AwayBanner() {
  const { value } = silentSinceMs;
  if (value === undefined) return null;
  return html`<aside class="banner" aria-label="Errata does not answer">
    <${Icon} name="warning" />
    <p role="status">
      <strong>Not live since <${Moment} at=${new Date(value).toISOString()} />:</strong> what is shown may be old. The
      page goes on by itself when Errata answers again.
    </p>
  </aside>`;
}
