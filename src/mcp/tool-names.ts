// A tool has one name, dotted. Many clients refuse a dot (they want ^[A-Za-z0-9_-]{1,64}$, or less), so names can be shown
// with underscores; a call is taken under either.
import type { toolNameStyles } from './settings-schema.ts';

export type ToolNameStyle = (typeof toolNameStyles)[number];

/** A tool's name as it stands in texts of ours. */
const NAME = /\bdevops(?:\.[a-z]+)+/g;

export function showName(name: string, style: ToolNameStyle): string {
  return style === 'dotted' ? name : name.replaceAll('.', '_');
}

/** For texts of ours only: in data, a name is data. */
export function showNames(text: string, style: ToolNameStyle): string {
  return text.replaceAll(NAME, (name) => showName(name, style));
}
