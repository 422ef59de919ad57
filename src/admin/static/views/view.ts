// The views: one file each. A section of the header may have several, for its list and for what is opened from it.
import type { ComponentType } from 'preact';
import type { View } from '../route.ts';
import { AgentsView } from './agents.ts';
import { ErrorsView } from './errors.ts';
import { FixesView } from './fixes.ts';
import { TrendsView } from './trends.ts';

interface Section {
  readonly title: string;
  readonly home: View;
  readonly views: readonly View[];
  readonly View: ComponentType;
}

export const sections: readonly Section[] = [
  { title: 'Errors', home: 'errors', views: ['errors', 'groups'], View: ErrorsView },
  { title: 'Fixes', home: 'fixes', views: ['fixes'], View: FixesView },
  { title: 'Agents', home: 'agents', views: ['agents', 'delegations'], View: AgentsView },
  { title: 'Trends', home: 'trends', views: ['trends'], View: TrendsView },
];

const first = { title: 'Errors', View: ErrorsView };

export function viewOf(view: View): Pick<Section, 'title' | 'View'> {
  return sections.find(({ views }) => views.includes(view)) ?? first;
}
