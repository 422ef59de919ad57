// Where one is on the page: `#/errors/<id>?severity=critical`. Filters stand in the address, so that a view can be sent to
// somebody, and the browser's back button works.
import { signal } from '@preact/signals';

export const views = ['errors', 'groups', 'fixes', 'agents', 'delegations', 'trends'] as const;
export type View = (typeof views)[number];

export interface Route {
  readonly view: View;
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

/** Anything unknown leads to the feed. */
function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name, id] = path.split('/');
  const view = views.find((known) => known === name);
  const query = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ''));
  return view === undefined
    ? { view: 'errors', id: undefined, query }
    : { view, id: id === undefined || id === '' ? undefined : id, query };
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

/** Changes parts of the query in place: no new step for the back button. */
export function refine(change: Readonly<Record<string, string | undefined>>): void {
  const { view, id, query } = route.value;
  history.replaceState(undefined, '', linkTo(view, id, { ...query, ...change }));
  route.value = parseRoute(location.hash);
}
