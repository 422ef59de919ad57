// Notifications as they are written: each move is an event that holds the whole, durable when the call resolves.
import type { AgentStore } from '../store/agent-store.ts';
import type { Notice, Notification, NotificationState } from './notice.ts';

export type NotificationStore = Pick<AgentStore, 'appendNotification' | 'listNotifications'>;

export interface NotificationLog {
  /** Not written yet. */
  draft(channel: string, notice: Notice, first: First): Notification;
  /** Writes the first event. Throws STORE_UNAVAILABLE. */
  begin(draft: Notification): Promise<Notification>;
  /** Writes the next event: what changed, and when. Throws STORE_UNAVAILABLE. */
  advance(notification: Notification, changes: Partial<Notification>): Promise<Notification>;
}

interface First {
  readonly state: NotificationState;
  readonly note: string;
  readonly tells?: readonly string[];
}

interface LogDeps {
  readonly store: NotificationStore;
  readonly now: () => number;
  readonly newId: () => string;
}

export function createNotificationLog({ store, now, newId }: LogDeps): NotificationLog {
  async function write(notification: Notification): Promise<Notification> {
    const { id, seq, channel, state, notice, createdAtMs, updatedAtMs } = notification;
    await store.appendNotification({
      companyId: notice.companyId,
      notificationId: id,
      seq,
      atMs: updatedAtMs,
      createdAtMs,
      state,
      channel,
      kind: notice.kind,
      key: notice.key,
      notification: JSON.stringify(notification),
    });
    return notification;
  }

  return {
    draft: (channel, notice, first) => {
      const atMs = now();
      const times = { createdAtMs: atMs, updatedAtMs: atMs };
      const nextTryAtMs = first.state === 'pending' ? atMs : undefined;
      return { id: newId(), seq: 1, channel, notice, tries: 0, nextTryAtMs, ...first, ...times };
    },
    begin: write,
    advance: async (notification, changes) =>
      write({ ...notification, ...changes, seq: notification.seq + 1, updatedAtMs: now() }),
  };
}

/** Our own text: it is what `write` put there. */
export function toNotification(text: string): Notification {
  return JSON.parse(text) as Notification;
}
