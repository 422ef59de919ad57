// Light or dark: as the system says until somebody says otherwise here.
import { signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = signal<Theme>(themes.find((known) => known === kept('theme')) ?? 'system');

export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

export function pickTheme(next: Theme): void {
  theme.value = next;
  keep('theme', next === 'system' ? undefined : next);
  applyTheme();
}
