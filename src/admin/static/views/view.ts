// The views: one file each. A section of the header may have several, for its list and for what is opened from it. The feed
// is the first that most people want to see; the others are fetched when they are wanted.
import type { ComponentType } from 'preact';
import type { View } from '../route.ts';
import { ErrorsView } from './errors.ts';

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

export function sectionOf(view: View): Section {
  return sections.find(({ views }) => views.includes(view)) ?? feed;
}
