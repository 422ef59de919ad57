// One question to the server, asked again when what it depends on changes. A later question ends the earlier one, and while
// it is asked the old answer stays.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './api-client.ts';

export type Loaded<Value> =
  | { readonly kind: 'loading' }
  /** `failure`: the last try to renew it. */
  | { readonly kind: 'ready'; readonly value: Value; readonly failure: Problem | undefined }
  | { readonly kind: 'failed'; readonly failure: Problem };

interface Load<Value> {
  readonly state: Loaded<Value>;
  /** Asks again; the old answer stays until the new one is there. */
  readonly reload: () => void;
}

/** `key` says what is asked: another key forgets the old answer. */
export function useLoad<Value>(key: string, ask: (signal: AbortSignal) => Promise<Value>): Load<Value> {
  const [state, setState] = useState<{ readonly key: string; readonly loaded: Loaded<Value> }>({
    key,
    loaded: { kind: 'loading' },
  });
  const [round, setRound] = useState(0);
  const asked = useRef(ask);
  asked.current = ask;
  useEffect(() => {
    const ended = new AbortController();
    setState((now) => (now.key === key ? now : { key, loaded: { kind: 'loading' } }));
    asked.current(ended.signal).then(
      (value) => {
        if (!ended.signal.aborted) setState({ key, loaded: { kind: 'ready', value, failure: undefined } });
      },
      (cause: unknown) => {
        if (!ended.signal.aborted) setState((now) => ({ key, loaded: failed(now.loaded, toProblem(cause)) }));
      },
    );
    return () => ended.abort();
  }, [key, round]);
  return {
    state: state.key === key ? state.loaded : { kind: 'loading' },
    reload: () => setRound((count) => count + 1),
  };
}

/** Asks again every so often while the page is looked at. */
export function useEvery(periodMs: number, act: () => void): void {
  const acting = useRef(act);
  acting.current = act;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) acting.current();
    }, periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
}

export function toProblem(cause: unknown): Problem {
  return cause instanceof Problem
    ? cause
    : new Problem(0, 'INTERNAL', cause instanceof Error ? cause.message : 'failed');
}

function failed<Value>(before: Loaded<Value>, failure: Problem): Loaded<Value> {
  return before.kind === 'ready' ? { ...before, failure } : { kind: 'failed', failure };
}
