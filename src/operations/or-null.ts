// What is not there is null outside, and undefined or '' inside.
import { toTime } from './error-view.ts';

export function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : toTime(ms);
}

export function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
