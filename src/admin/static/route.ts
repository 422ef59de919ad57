// Where one is on the page: `#/errors/<id>?severity=critical`. Filters stand in the address, so that a view can be sent to
// somebody, and the browser's back button works.
import { signal } from '@preact/signals';

const views = ['errors', 'groups', 'fixes', 'agents', 'delegations', 'trends'] as const;
export type View = (typeof views)[number];

export interface Route {
  /** none: there is no such view. */
  readonly view: View | 'none';
  /** Of the error, group (its fingerprint), fix or delegation that is open. */
  readonly id: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

export const route = signal<Route>(parseRoute(location.hash));

export function followHash(): void {
  addEventListener('hashchange', () => {
    route.value = parseRoute(location.hash);
  });
}

/** Without a name it is the feed. */
function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name, id] = path.split('/');
  const view = name === '' ? 'errors' : (views.find((known) => known === name) ?? 'none');
  const query = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ''));
  return { view, id: id === undefined || id === '' ? undefined : id, query };
}

/** The address of a route: for href. Undefined and empty values of the query are left out. */
export function linkTo(view: View, id?: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value);
  return `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search.size === 0 ? '' : `?${search}`}`;
}

export function goTo(view: View, id?: string, query: Readonly<Record<string, string | undefined>> = {}): void {
  location.hash = linkTo(view, id, query);
}

/** Changes parts of the query; `in place`: without a new step for the back button. */
export function refine(change: Readonly<Record<string, string | undefined>>, how: 'step' | 'in place' = 'step'): void {
  const { view, id, query } = route.value;
  if (view === 'none') return;
  const address = linkTo(view, id, { ...query, ...change });
  if (address === location.hash) return;
  if (how === 'step') history.pushState(undefined, '', address);
  else history.replaceState(undefined, '', address);
  route.value = parseRoute(location.hash);
}
