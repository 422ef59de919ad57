// The numbers of the charts, for who can't see them or wants them exactly. Intervals in which nothing happened are left out.
import { html } from '../../html.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import type { Series } from './series.ts';

interface TableFields {
  readonly starts: readonly number[];
  readonly series: readonly Series[];
  readonly now: readonly number[];
  readonly before: readonly number[];
  /** `the day before`. */
  readonly beforeText: string;
}

export function TrendTable({ starts, series, now, before, beforeText }: TableFields) {
  const indexes = starts.map((_, index) => index).filter((index) => (now[index] ?? 0) > 0 || (before[index] ?? 0) > 0);
  return html`<div class="trend-table" tabindex="0" role="region" aria-label="Numbers, scroll">
    <table class="table">
      <caption class="unseen">
        Errors by interval, newest first; intervals without any are left out
      </caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col" class="number">All</th>
          <th scope="col" class="number">${beforeText}</th>
          ${series.map(({ key }) => html`<th key=${key} scope="col" class="number"><${Untrusted} text=${key.replaceAll('_', ' ')} /></th>`)}
        </tr>
      </thead>
      <tbody>
        ${indexes.toReversed().map(
          (index) =>
            html`<tr key=${index}>
              <th scope="row">
                ${new Date(starts[index] ?? 0).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}
              </th>
              <td class="number"><b>${now[index]}</b></td>
              <td class="number quiet">${before[index]}</td>
              ${series.map(({ key, counts }) => html`<td key=${key} class="number">${counts[index]}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
