// The period in five numbers.
import type { FixItem } from '../../answers.ts';
import { html } from '../../html.ts';
import type { Tone } from '../../parts/mark.ts';
import type { Changed } from './group-lists.ts';
import type { Period } from './period.ts';

interface TilesFields {
  readonly total: number;
  readonly totalBefore: number;
  readonly period: Period;
  readonly changed: Changed;
  readonly fixes: readonly FixItem[];
}

export function Tiles({ total, totalBefore, period, changed, fixes }: TilesFields) {
  const proven = fixes.filter(({ outcome }) => outcome === 'succeeded').length;
  return html`<dl class="tiles">
    <${Tile}
      name="errors"
      value=${total}
      note=${changeText(total, totalBefore)}
      tone=${total > totalBefore ? 'error' : 'good'}
    />
    <${Tile} name=${period.before} value=${totalBefore} />
    <${Tile} name="new groups" value=${changed.fresh.length} />
    <${Tile}
      name="came back"
      value=${changed.regressed.length}
      tone=${changed.regressed.length > 0 ? 'error' : 'quiet'}
    />
    <${Tile}
      name="fixes that acted"
      value=${fixes.length}
      note=${fixes.length === 0 ? '' : `${proven} proven`}
      tone="good"
    />
  </dl>`;
}

interface TileFields {
  readonly name: string;
  readonly value: number;
  readonly note?: string;
  readonly tone?: Tone;
}

function Tile({ name, value, note = '', tone = 'quiet' }: TileFields) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value.toLocaleString('en')} ${note === '' ? null : html`<span data-tone=${tone}>${note}</span>`}</dd>
  </div>`;
}

function changeText(now: number, before: number): string {
  if (before === 0 || now === before) return '';
  const share = Math.round((Math.abs(now - before) / before) * 100);
  return now > before ? `▲ ${share} %` : `▼ ${share} %`;
}
