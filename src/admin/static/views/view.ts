// The views: one file each. A section of the header may have several, for its list and for what is opened from it. The feed
// is the first that most people want to see; the others are fetched when they are wanted. Each keeps what it was narrowed to
// while another is looked at.
import { effect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Problem } from '../api-client.ts';
import { linkTo, route } from '../route.ts';
import type { Route, View } from '../route.ts';
import { ErrorsView } from './errors.ts';
import { NoView } from './no-view.ts';

interface Section {
  readonly title: string;
  readonly home: View;
  readonly views: readonly View[];
  readonly load: () => Promise<ComponentType>;
}

const feed: Section = { title: 'Errors', home: 'errors', views: ['errors', 'groups'], load: async () => ErrorsView };

export const sections: readonly Section[] = [
  feed,
  { title: 'Fixes', home: 'fixes', views: ['fixes'], load: async () => (await import('./fixes.ts')).FixesView },
  {
    title: 'Agents',
    home: 'agents',
    views: ['agents', 'delegations'],
    load: async () => (await import('./agents.ts')).AgentsView,
  },
  { title: 'Trends', home: 'trends', views: ['trends'], load: async () => (await import('./trends.ts')).TrendsView },
];

const none: Section = { title: 'No such view', home: 'errors', views: [], load: async () => NoView };

export function sectionOf(view: Route['view']): Section {
  return sections.find(({ views }) => views.some((own) => own === view)) ?? none;
}

/** Throws Problem where the files of the view can't be had. */
export async function loadView({ load }: Section): Promise<ComponentType> {
  return load().catch(() => {
    throw new Problem(0, 'VIEW_NOT_LOADED', 'The files of this view can’t be had just now.');
  });
}

/** By the home of the section: its list as it was left. */
const left = new Map<View, string>();

effect(() => {
  const { view, query } = route.value;
  if (view === 'none') return;
  const { home } = sectionOf(view);
  // What is open in the list is not kept: one comes back to the list.
  left.set(home, linkTo(view === 'delegations' ? home : view, undefined, query));
});

/** To the list of the section, as it was left. */
export function wayTo(home: View): string {
  return left.get(home) ?? linkTo(home);
}
