// Concurrent callers share one commit: one is in flight, the next takes all that waits. No timer, hence no added delay
// when the store is idle, and larger batches exactly when it is busy.
import { Failure } from '../failure.ts';

export interface GroupCommitSettings<Item, Outcome> {
  /** Makes all items durable and says of each what became of it, in their order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Items in one commit; a call with more than that is a commit of its own. */
  readonly maxItems: number;
  /** Items that wait, over all calls; past that a call is refused with OVERLOADED. */
  readonly maxWaiting: number;
  /** A call that is not durable by then fails with STORE_UNAVAILABLE; a retry meets what was stored all the same. */
  readonly timeoutMs: number;
}

export interface GroupCommit<Item, Outcome> {
  add(items: readonly Item[]): Promise<readonly Outcome[]>;
  /** Resolves when nothing is in flight and nothing waits; from now on `add` throws STOPPING. */
  stop(): Promise<void>;
  waiting(): number;
}

interface Call<Item, Outcome> {
  readonly items: readonly Item[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (failure: unknown) => void;
}

export function createGroupCommit<Item, Outcome>(
  settings: GroupCommitSettings<Item, Outcome>,
): GroupCommit<Item, Outcome> {
  let queue: Call<Item, Outcome>[] = [];
  let waiting = 0;
  let running: Promise<void> | undefined;
  let stopping = false;

  function add(items: readonly Item[]): Promise<readonly Outcome[]> {
    if (stopping) return Promise.reject(new Failure('STOPPING', 'the store is stopping'));
    if (waiting + items.length > settings.maxWaiting && waiting > 0) {
      return Promise.reject(new Failure('OVERLOADED', `${waiting} errors wait for the store`));
    }
    let call: Call<Item, Outcome> | undefined;
    const done = new Promise<readonly Outcome[]>((resolve, reject) => {
      call = { items, resolve, reject };
      queue.push(call);
      waiting += items.length;
    });
    running ??= run().finally(() => {
      running = undefined;
    });
    return withDeadline(done, settings.timeoutMs).catch((failure: unknown) => {
      // Nobody waits for it any more: what is still queued is dropped, the sender keeps it.
      const left = queue.filter((queued) => queued !== call);
      if (left.length < queue.length) waiting -= items.length;
      queue = left;
      throw failure;
    });
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const calls = takeCalls();
      try {
        settle(calls, await settings.commit(calls.flatMap((call) => call.items)));
      } catch (failure) {
        // One call's items may be what the store refuses: alone, it can only fail itself.
        if (calls.length > 1 && !(failure instanceof Failure && failure.retryable)) await commitEach(calls);
        else for (const call of calls) call.reject(failure);
      }
    }
  }

  async function commitEach(calls: readonly Call<Item, Outcome>[]): Promise<void> {
    for (const call of calls) {
      try {
        call.resolve(await settings.commit(call.items));
      } catch (failure) {
        call.reject(failure);
      }
    }
  }

  function takeCalls(): readonly Call<Item, Outcome>[] {
    let count = 0;
    let items = 0;
    for (const call of queue) {
      if (count > 0 && items + call.items.length > settings.maxItems) break;
      items += call.items.length;
      count += 1;
    }
    const taken = queue.slice(0, count);
    queue = queue.slice(count);
    waiting -= items;
    return taken;
  }

  function settle(calls: readonly Call<Item, Outcome>[], outcomes: readonly Outcome[]): void {
    let from = 0;
    for (const call of calls) {
      call.resolve(outcomes.slice(from, from + call.items.length));
      from += call.items.length;
    }
  }

  return {
    add,
    stop: async () => {
      stopping = true;
      await running;
    },
    waiting: () => waiting,
  };
}

/** Throws STORE_UNAVAILABLE when the work takes longer; the work itself goes on. */
export function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Failure('STORE_UNAVAILABLE', `the store did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
