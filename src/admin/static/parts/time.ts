// Times as people say them; the exact one, in this place's time and in UTC, is in the title.
import { nowMs } from '../clock.ts';
import { html } from '../html.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** `at`: ISO-8601. `words`: as part of a sentence, `5 min ago`; otherwise as short as can be. */
export function Ago({ at, words = false }: { readonly at: string; readonly words?: boolean }) {
  // Our clock ticks every few seconds, and the server's may be ahead: what has happened is never to come.
  const pastMs = Math.max(0, nowMs.value - Date.parse(at));
  const text = pastMs < 1_000 ? 'now' : durationText(pastMs);
  return html`<time datetime=${at} title=${exact(at)}>${words && text !== 'now' ? `${text} ago` : text}</time>`;
}

/** Of what is to come: `in 5 min`, `now`. */
export function In({ at }: { readonly at: string }) {
  const leftMs = Date.parse(at) - nowMs.value;
  return html`<time datetime=${at} title=${exact(at)}>${leftMs < 1_000 ? 'now' : `in ${durationText(leftMs)}`}</time>`;
}

/** Of the times that this page shows: `UTC`, `UTC+1`, `UTC+5:30`. */
export function zoneText(): string {
  const minutes = -new Date(nowMs.value).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** A moment today as 14:03:12, an earlier one with its day. */
export function Moment({ at }: { readonly at: string }) {
  return html`<time datetime=${at} title=${exact(at)}>${momentText(at, nowMs.value)}</time>`;
}

/** In its largest unit: `350 ms`, `42 s`, `5 min`, `3 h`, `2 d`. */
export function durationText(ms: number, { precise = false }: { readonly precise?: boolean } = {}): string {
  if (precise && ms < 1_000) return `${Math.round(ms)} ms`;
  if (precise && ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1_000)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

function momentText(at: string, now: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  const isToday = date.toDateString() === new Date(now).toDateString();
  return isToday ? time : `${date.toLocaleDateString([], { month: 'short', day: 'numeric' })} ${time}`;
}

function exact(at: string): string {
  return `${new Date(at).toLocaleString()} (${at})`;
}
