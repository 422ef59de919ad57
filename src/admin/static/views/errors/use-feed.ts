// Keeps a list of errors up to date: its first page, the next ones as they are scrolled to, and what arrives live.
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { get } from '../../api-client.ts';
import type { Problem } from '../../api-client.ts';
import type { ErrorPage } from '../../answers.ts';
import { hearErrors, liveState } from '../../live.ts';
import { toProblem, useEvery } from '../../load.ts';
import { tellArrived } from '../../toast.ts';
import { asked, resolution } from './changes.ts';
import { EMPTY_FEED, append, arrive, letIn, renew, setResolved } from './feed.ts';
import type { Feed } from './feed.ts';
import { isShown, toQuery } from './filters.ts';
import type { Filters } from './filters.ts';

/** The first page is to be there at once; whoever scrolls on wants many. */
const FIRST_PAGE = 200;
const NEXT_PAGE = 1_000;

/** What was resolved elsewhere, or by a fix, is seen after this. */
const RENEW_MS = 20_000;

export interface UsedFeed {
  readonly feed: Feed;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly failure: Problem | undefined;
  readonly reload: () => void;
  readonly more: () => void;
  readonly show: () => void;
}

type Change = (feed: Feed) => Feed;

/** `isHeld`: the list is being read somewhere below its top, or pointed at; it must not move. */
export function useFeed(filters: Filters, isHeld: () => boolean): UsedFeed {
  const [feed, change] = useReducer((now: Feed, by: Change) => by(now), EMPTY_FEED);
  const [status, setStatus] = useState<Pick<UsedFeed, 'state' | 'failure'>>({ state: 'loading', failure: undefined });
  const loading = useRef(false);
  const key = JSON.stringify(filters);

  const ask = async (cursor: string | undefined, by: (page: Pick<Feed, 'items' | 'total' | 'cursor'>) => Change) => {
    const fingerprint = filters.group === '' ? undefined : filters.group;
    const asked = currentKey.current;
    try {
      const page = await get<ErrorPage>('/api/errors', {
        ...toQuery(filters),
        fingerprint,
        limit: cursor === undefined ? FIRST_PAGE : NEXT_PAGE,
        cursor,
      });
      // Meanwhile something else may be wanted.
      if (asked !== currentKey.current) return;
      change(by({ items: page.errors, total: page.total, cursor: page.next_cursor }));
      setStatus({ state: 'ready', failure: undefined });
    } catch (cause) {
      if (asked !== currentKey.current) return;
      const failure = toProblem(cause);
      setStatus((now) => ({ state: now.state === 'ready' ? 'ready' : 'failed', failure }));
    }
  };
  const currentKey = useRef(key);
  const first = () => void ask(undefined, (page) => (now) => renew(now, page, isHeld()));

  useEffect(() => {
    currentKey.current = key;
    change(() => EMPTY_FEED);
    setStatus({ state: 'loading', failure: undefined });
    first();
  }, [key]);
  useEffect(() => {
    // What came between the first page and the stream, or while there was no stream.
    if (liveState.value === 'live') first();
  }, [liveState.value]);
  useEffect(() => {
    if (asked.value > 0) first();
  }, [asked.value]);
  useEvery(RENEW_MS, first);
  useEffect(
    () =>
      hearErrors((errors) => {
        const shown = errors.filter((error) => isShown(error, filters));
        if (shown.length === 0) return;
        change((now) => arrive(now, shown, isHeld()));
        tellArrived(shown.length);
      }),
    [key],
  );
  useEffect(() => {
    const { value } = resolution;
    if (value !== undefined) change((now) => setResolved(now, value.of, value.resolved));
  }, [resolution.value]);

  return {
    feed,
    ...status,
    reload: first,
    more: () => {
      if (loading.current || feed.cursor === null) return;
      loading.current = true;
      void ask(feed.cursor, (page) => (now) => append(now, page)).finally(() => {
        loading.current = false;
      });
    },
    show: () => change(letIn),
  };
}
