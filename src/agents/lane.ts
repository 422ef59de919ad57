// One channel's notices: those told at once go to its outbox, the others wait for its digest.
import type { Clock } from '../healing/clock.ts';
import type { Channel } from './channel.ts';
import { toBounded } from './channels/notice-text.ts';
import { DIGEST_AFTER_MS, MAX_HELD, digestOf } from './digest.ts';
import { createHoldBack } from './hold-back.ts';
import type { Notice, Notification } from './notice.ts';
import type { NotificationLog } from './notification-log.ts';
import { createOutbox } from './outbox.ts';
import type { Logger } from './outbox.ts';

export type LaneOutcome = 'sent' | 'retried' | 'failed' | 'held';

export interface Lane {
  readonly channel: string;
  /** Durable when it resolves. Throws STORE_UNAVAILABLE. */
  accept(notice: Notice): Promise<void>;
  /** What a stop or a crash left, oldest first; and the messages of the last hour, whatever became of them. */
  restore(open: readonly Notification[], recent: readonly Notification[]): void;
  /** Tells what was held long enough, and ends what was not taken; later, while the store is away. Never throws. */
  tellDue(): Promise<void>;
  readonly run: () => Promise<void>;
  readonly stop: () => void;
  readonly cut: () => void;
  readonly waiting: () => number;
}

interface LaneDeps {
  readonly log: NotificationLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: (outcome: LaneOutcome) => void;
}

/** A receiver that is behind by so many is told of the rest in a digest. */
const MAX_WAITING = 1_000;

const NOT_TAKEN = 'the store was away when it came';

export function createLane(channel: Channel, { log, clock, logger, count }: LaneDeps): Lane {
  const holdBack = createHoldBack(clock.now);
  /** Of each company, oldest first. A digest is of one company: its record is read by that company. */
  const held = new Map<number, Notification[]>();
  /** What each digest tells, until it is settled. */
  const telling = new Map<string, readonly Notification[]>();
  /** Their first write failed, and may have been done all the same. */
  const doubtful = new Set<Notification>();
  const outbox = createOutbox(channel, { clock, logger, count, record });

  /** What a digest tells is settled before the digest: a crash in between tells it again rather than never. */
  async function record(notification: Notification, changes: Partial<Notification>): Promise<Notification> {
    const { state } = changes;
    if (state === 'sent' || state === 'failed') {
      const note = `in digest ${notification.id}`;
      for (const told of telling.get(notification.id) ?? []) await log.advance(told, { state, note });
      telling.delete(notification.id);
    }
    const advanced = await log.advance(notification, changes);
    if (state === 'failed') holdBack.fail(notification);
    return advanced;
  }

  async function begin(notice: Notice, first: Parameters<NotificationLog['draft']>[2]): Promise<Notification> {
    const draft = log.draft(channel.name, notice, first);
    try {
      return await log.begin(draft);
    } catch (cause) {
      // Who told it knows, and tells it again.
      if (doubtful.size < MAX_WAITING) doubtful.add(draft);
      throw cause;
    }
  }

  async function accept(notice: Notice): Promise<void> {
    const reason = reasonToHold(notice);
    if (reason !== undefined) return hold(notice, reason);
    try {
      outbox.add(await begin(notice, { state: 'pending', note: '' }));
    } catch (cause) {
      holdBack.forget(notice);
      throw cause;
    }
  }

  function reasonToHold(notice: Notice): string | undefined {
    return outbox.size() >= MAX_WAITING ? 'too many wait for the receiver' : holdBack.reasonToHold(notice);
  }

  async function hold(notice: Notice, reason: string): Promise<void> {
    count('held');
    const of = heldOf(notice.companyId);
    const index = of.findIndex((one) => one.notice.key === notice.key);
    const same = of[index];
    if (same === undefined) {
      const first = await begin(notice, { state: 'held', note: reason });
      heldOf(notice.companyId).push(first);
    } else {
      const repeats = (same.repeats ?? 0) + 1;
      // Counted before it is written, so that the next one counts on.
      of[index] = { ...same, repeats, seq: same.seq + 1 };
      await log.advance(same, { repeats });
    }
    if (heldOf(notice.companyId).length >= MAX_HELD) await tell(notice.companyId).catch(onDigestWaits);
  }

  /** The notice itself is durable: what failed is tried again by `tellDue`. */
  function onDigestWaits(cause: unknown): void {
    logger.warn({ err: cause, channel: channel.name }, 'a digest waits for the store');
  }

  function heldOf(companyId: number): Notification[] {
    const of = held.get(companyId) ?? [];
    held.set(companyId, of);
    return of;
  }

  async function tell(companyId: number): Promise<void> {
    const told = heldOf(companyId).splice(0, MAX_HELD);
    const tells = told.map(({ id }) => id);
    try {
      const digest = await begin(toBounded(digestOf(told, clock.now())), { state: 'pending', note: '', tells });
      telling.set(digest.id, told);
      outbox.add(digest);
    } catch (cause) {
      heldOf(companyId).unshift(...told);
      throw cause;
    }
  }

  async function tellDue(): Promise<void> {
    try {
      await endDoubtful();
      for (const [companyId, [oldest]] of held) {
        if (oldest === undefined) held.delete(companyId);
        else if (clock.now() - oldest.createdAtMs >= DIGEST_AFTER_MS) await tell(companyId);
      }
    } catch (cause) {
      onDigestWaits(cause);
    }
  }

  async function endDoubtful(): Promise<void> {
    for (const draft of doubtful) {
      await log.advance(draft, { state: 'failed', note: NOT_TAKEN, nextTryAtMs: undefined });
      doubtful.delete(draft);
    }
  }

  function restore(open: readonly Notification[], recent: readonly Notification[]): void {
    for (const one of recent) if (wasMessage(one)) holdBack.restore(one);
    const left = new Map(open.filter(({ state }) => state === 'held').map((one) => [one.id, one]));
    for (const one of open) {
      if (one.state !== 'pending') continue;
      if (one.tells !== undefined)
        telling.set(
          one.id,
          one.tells.flatMap((id) => left.get(id) ?? []),
        );
      for (const id of one.tells ?? []) left.delete(id);
      outbox.add(one);
    }
    for (const one of left.values()) heldOf(one.notice.companyId).push(one);
  }

  return {
    channel: channel.name,
    accept,
    restore,
    tellDue,
    run: outbox.run,
    stop: outbox.stop,
    cut: outbox.cut,
    waiting: outbox.size,
  };
}

/** Not one that was told in a digest, or failed, and no digest. */
function wasMessage({ state, tries, notice }: Notification): boolean {
  return notice.kind !== 'digest' && (state === 'pending' || (state === 'sent' && tries > 0));
}
