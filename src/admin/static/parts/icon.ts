// Small pictures, drawn in the colour of the text around. Always beside words or with a label: alone they tell nothing.
import { html } from '../html.ts';

/** Paths in a box of 16. */
const PATHS = {
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z M7.2 4.2h1.6v5H7.2z M7.2 10.4h1.6V12H7.2z',
  error: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z M7.2 4.4h1.6v4.6H7.2z M7.2 10.2h1.6v1.6H7.2z',
  warning: 'M8 1.6 15.2 14H.8z M7.2 6h1.6v4H7.2z M7.2 11h1.6v1.5H7.2z',
  info: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.5a5 5 0 1 1 0 10A5 5 0 0 1 8 3z M7.2 7.2h1.6v4H7.2z M7.2 4.8h1.6v1.5H7.2z',
  done: 'M6.3 12.2 2.2 8.1l1.3-1.3 2.8 2.8 6.2-6.2 1.3 1.3z',
  failed: 'M4 2.8 8 6.8l4-4L13.2 4l-4 4 4 4-1.2 1.2-4-4-4 4L2.8 12l4-4-4-4z',
  waiting:
    'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.5a5 5 0 1 1 0 10A5 5 0 0 1 8 3z M7.3 4.6h1.4v3.2l2.3 1.4-.7 1.1-3-1.8z',
  running: 'M4.5 2.5 13 8l-8.5 5.5z',
  paused: 'M3.5 2.5h3v11h-3z M9.5 2.5h3v11h-3z',
  quiet: 'M3 7.2h10v1.6H3z',
  back: 'M8 2.2 2.5 8 8 13.8l1.1-1.1L5.3 8.8h8.2V7.2H5.3l3.8-3.9z',
  search:
    'M6.8 1.8a5 5 0 1 0 0 10 5 5 0 0 0 0-10zm0 1.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z M10 11.2l1.2-1.2 3.3 3.3-1.2 1.2z',
  light:
    'M8 4.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z M7.3.8h1.4v2.4H7.3z M7.3 12.8h1.4v2.4H7.3z M.8 7.3h2.4v1.4H.8z M12.8 7.3h2.4v1.4h-2.4z M2.4 3.4l1-1 1.7 1.7-1 1z M10.9 11.9l1-1 1.7 1.7-1 1z M2.4 12.6l1.7-1.7 1 1-1.7 1.7z M10.9 4.1l1.7-1.7 1 1-1.7 1.7z',
  dark: 'M6.2 1.6A6.5 6.5 0 1 0 14.4 10 5.6 5.6 0 0 1 6.2 1.6z',
  system: 'M1.5 2.5h13v9h-13z M3 4v6h10V4z M5 13h6v1.4H5z',
  help: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.5a5 5 0 1 1 0 10A5 5 0 0 1 8 3z M7.3 10.4h1.5v1.5H7.3z M5.6 6.3a2.4 2.4 0 1 1 3.2 2.2v1H7.3V7.6h.6a1 1 0 1 0-1-1.3z',
  leave: 'M2 2h6v1.5H3.5v9H8V14H2z M10 4.8 13.8 8 10 11.2l-1-1.1 1.6-1.4H6V7.3h4.6L9 5.9z',
  deploy: 'M8 1.5 13.5 7l-1.1 1.1-3.6-3.6V11H7.2V4.5L3.6 8.1 2.5 7z M2.5 12.9h11v1.6h-11z',
  open: 'M6 3.2 10.8 8 6 12.8l-1.1-1.1L8.6 8 4.9 4.3z',
} as const;

export type IconName = keyof typeof PATHS;

/** `label`: what a screen reader says; without it the icon is decoration beside words that say the same. */
export function Icon({ name, label }: { readonly name: IconName; readonly label?: string }) {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    role=${label === undefined ? undefined : 'img'}
    aria-label=${label}
    aria-hidden=${label === undefined ? 'true' : undefined}
  >
    <path fill-rule="evenodd" d=${PATHS[name]} />
  </svg>`;
}
