// Nothing to show: because all is well, because the filters are narrow, or because nothing sends errors yet.
import { html } from '../../html.ts';
import { Empty } from '../../parts/states.ts';
import { refine } from '../../route.ts';
import { NO_FILTERS, periods } from './filters.ts';
import type { Filters } from './filters.ts';

export function EmptyFeed({ filters, what }: { readonly filters: Filters; readonly what: string }) {
  if (JSON.stringify(filters) !== JSON.stringify(NO_FILTERS)) {
    return html`<${Empty} title="No ${what} fit these filters">
      ${
        filters.text === ''
          ? null
          : html`<p>
              Only whole words of the message and the exception type are found: “timeout” finds neither “timeouts” nor
              “TimeoutError”.
            </p>`
      }
      <p>Look at a longer period, or clear some of them.</p>
      ${
        filters.since === '30d'
          ? null
          : html`<button type="button" onClick=${() => refine({ since: '30d' })}>Show the ${periods['30d']}</button>`
      }
    <//>`;
  }
  return html`<${Empty} title="No open ${what} in the last 24 hours">
    <p>New ones appear here by themselves. Nothing sends any yet? Point an OpenTelemetry SDK at Errata:</p>
    <pre>OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318</pre>
    <p>or run <code>npm run demo</code> for something to look at.</p>
  <//>`;
}
