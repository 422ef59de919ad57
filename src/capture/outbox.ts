// Where captured errors wait for the network. States of a batch: waiting → sending → settled (sent, or dropped and
// counted) with sending → backing off → sending in between, for at most five minutes: a processor that restarts loses
// nothing. Bounded by items and by bytes; what does not fit is counted and forgotten. The exporters of the SDK are not
// used for this: they stop trying after ten seconds, drop without a count, and keep the process alive while they wait.
import type { PostOutcome } from './post-otlp.ts';

export interface OutboxOptions<Item> {
  readonly encode: (items: Item[]) => Uint8Array | undefined;
  readonly post: (body: Uint8Array, signal: AbortSignal) => Promise<PostOutcome>;
  /** Items that the receiver refused inside a request that it took otherwise (partial success). */
  readonly rejectedIn: (answer: Uint8Array) => number;
  readonly limits: OutboxLimits;
  /** Called once for each batch that is given up. Must not throw. */
  readonly warn: (reason: string, items: number) => void;
}

export interface OutboxLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** How long an item waits for company before a batch that is not full goes out. */
  readonly lingerMs: number;
  readonly giveUpAfterMs: number;
}

export const defaultLimits: OutboxLimits = {
  // Thirty seconds of restart at some 600 errors a second.
  maxItems: 20_000,
  maxBytes: 32 * 1024 * 1024,
  lingerMs: 200,
  giveUpAfterMs: 300_000,
};

export interface OutboxCounts {
  captured: number;
  sent: number;
  dropped: { queue_full: number; export_failed: number; rejected: number; stopped: number; unreadable: number };
}

interface Entry<Item> {
  readonly item: Item;
  readonly bytes: number;
}

const MAX_BATCH_ITEMS = 512;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const FIRST_BACKOFF_MS = 500;
/** Small, because this is also how late the first error arrives after a restart. */
const MAX_BACKOFF_MS = 10_000;

export class Outbox<Item> {
  readonly counts: OutboxCounts = {
    captured: 0,
    sent: 0,
    dropped: { queue_full: 0, export_failed: 0, rejected: 0, stopped: 0, unreadable: 0 },
  };
  readonly #options: OutboxOptions<Item>;
  readonly #stopping = new AbortController();
  #waiting: Entry<Item>[] = [];
  /** Items and bytes from add until settled, the batch under way included. */
  #heldItems = 0;
  #heldBytes = 0;
  #accepted = 0;
  #settled = 0;
  #linger: NodeJS.Timeout | undefined;
  #pumping: Promise<void> | undefined;
  /** Ends the back-off under way. */
  #hurry: (() => void) | undefined;
  #flushes: { readonly target: number; readonly done: () => void }[] = [];

  constructor(options: OutboxOptions<Item>) {
    this.#options = options;
  }

  get pending(): number {
    return this.#heldItems;
  }

  /** true while another item of about this size would be kept: asked before the work of building one. */
  hasRoom(bytes: number): boolean {
    const { maxItems, maxBytes } = this.#options.limits;
    return this.#heldItems < maxItems && this.#heldBytes + bytes <= maxBytes;
  }

  countUnreadable(): void {
    this.counts.captured++;
    this.counts.dropped.unreadable++;
  }

  countRefusal(): void {
    this.counts.captured++;
    this.counts.dropped[this.#stopping.signal.aborted ? 'stopped' : 'queue_full']++;
  }

  add(item: Item, bytes: number): void {
    if (this.#stopping.signal.aborted || !this.hasRoom(bytes)) return this.countRefusal();
    this.counts.captured++;
    this.#accepted++;
    this.#heldItems++;
    this.#heldBytes += bytes;
    this.#waiting.push({ item, bytes });
    if (this.#waiting.length >= MAX_BATCH_ITEMS) this.#start();
    else if (this.#linger === undefined && this.#pumping === undefined) {
      this.#linger = setTimeout(() => this.#start(), this.#options.limits.lingerMs);
      this.#linger.unref();
    }
  }

  /** Resolves true when all that was added before the call is settled, false at the deadline. */
  flush(deadlineMs: number): Promise<boolean> {
    if (this.#settled >= this.#accepted) return Promise.resolve(true);
    return new Promise((resolve) => {
      // Not unref'd: whoever waits for a flush wants the process to live until then.
      const timer = setTimeout(() => {
        this.#flushes = this.#flushes.filter((one) => one !== flush);
        resolve(false);
      }, deadlineMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const flush = { target: this.#accepted, done };
      this.#flushes.push(flush);
      this.#hurry?.();
      this.#start();
    });
  }

  /** Flushes; at the deadline what is left is given up and counted. Safe twice. */
  async stop(deadlineMs: number): Promise<void> {
    await this.flush(deadlineMs);
    this.#stopping.abort();
    clearTimeout(this.#linger);
    this.#hurry?.();
    // The request under way is aborted, so this is soon.
    await this.#pumping;
    this.#dropWaiting();
  }

  #start(): void {
    clearTimeout(this.#linger);
    this.#linger = undefined;
    if (this.#stopping.signal.aborted) return;
    this.#pumping ??= this.#pump();
  }

  async #pump(): Promise<void> {
    // Let the burst that filled the batch finish first: sending starts when the host's own code yields.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0 && !this.#stopping.signal.aborted) await this.#deliver(this.#takeBatch());
    this.#pumping = undefined;
  }

  #takeBatch(): Entry<Item>[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((entry, index) => {
      bytes += entry.bytes;
      return index === MAX_BATCH_ITEMS || (index > 0 && bytes > MAX_BATCH_BYTES);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #deliver(batch: readonly Entry<Item>[]): Promise<void> {
    const drop = (reason: string): void => {
      const why = this.#stopping.signal.aborted ? 'stopped' : 'export_failed';
      this.counts.dropped[why] += batch.length;
      if (why === 'export_failed') this.#options.warn(reason, batch.length);
      this.#settle(batch);
    };
    const body = this.#encode(batch);
    if (body === undefined) return drop('not encodable');
    const giveUpAt = performance.now() + this.#options.limits.giveUpAfterMs;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#options.post(body, this.#stopping.signal);
      if (outcome.kind === 'taken') {
        const rejected = Math.min(this.#options.rejectedIn(outcome.body), batch.length);
        this.counts.sent += batch.length - rejected;
        this.counts.dropped.rejected += rejected;
        return this.#settle(batch);
      }
      if (outcome.kind === 'refused' || this.#stopping.signal.aborted) return drop(outcome.reason);
      const waitMs = outcome.afterMs ?? backoffMs(attempt);
      if (performance.now() + waitMs > giveUpAt) return drop(outcome.reason);
      await this.#backOff(waitMs);
      if (this.#stopping.signal.aborted) return drop(outcome.reason);
    }
  }

  #encode(batch: readonly Entry<Item>[]): Uint8Array | undefined {
    try {
      return this.#options.encode(batch.map((entry) => entry.item));
    } catch {
      // Counted and warned of as a batch that cannot be sent.
      return undefined;
    }
  }

  #backOff(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#hurry?.(), ms);
      timer.unref();
      this.#hurry = (): void => {
        clearTimeout(timer);
        this.#hurry = undefined;
        resolve();
      };
    });
  }

  #dropWaiting(): void {
    const left = this.#waiting;
    this.#waiting = [];
    this.counts.dropped.stopped += left.length;
    this.#settle(left);
  }

  #settle(entries: readonly Entry<Item>[]): void {
    this.#settled += entries.length;
    this.#heldItems -= entries.length;
    for (const entry of entries) this.#heldBytes -= entry.bytes;
    const ready = this.#flushes.filter((flush) => flush.target <= this.#settled);
    this.#flushes = this.#flushes.filter((flush) => flush.target > this.#settled);
    for (const flush of ready) flush.done();
  }
}

/** Doubles from half a second, spread by ±20 % so that many services do not return in step. */
function backoffMs(attempt: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS) * (0.8 + Math.random() * 0.4);
}
