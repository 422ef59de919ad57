// What was told to whom, and whether it arrived. An event is an insert of its own, as those of attempts are (attempts.ts).
import type { AgentStore } from './agent-store.ts';
import { NOTIFICATION_COLUMNS, selectNotifications } from './queries-agents.ts';
import { toDateTime64 } from './rows.ts';
import type { Runner } from './run.ts';

type Notifications = Pick<AgentStore, 'appendNotification' | 'listNotifications'>;

interface NotificationDeps {
  readonly writes: Runner;
  readonly reads: Runner;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

export function createNotifications({ writes, reads, ready }: NotificationDeps): Notifications {
  return {
    appendNotification: async (event) => {
      await ready();
      const row = [
        event.companyId,
        event.notificationId,
        event.seq,
        toDateTime64(event.atMs),
        toDateTime64(event.createdAtMs),
        event.state,
        event.channel,
        event.kind,
        event.key,
        event.notification,
      ];
      await writes.insert('notification_events', NOTIFICATION_COLUMNS, [row]);
    },
    listNotifications: async (filter) =>
      (await reads.rows<{ notification: string }>(selectNotifications(filter))).map((row) => row.notification),
  };
}
