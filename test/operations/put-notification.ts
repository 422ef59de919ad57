// Into a real store, what a notifier would have written.
import type { Notification } from '../../src/agents/notice.ts';
import type { AgentStore } from '../../src/store/agent-store.ts';

export function putNotification(
  store: Pick<AgentStore, 'appendNotification'>,
  notification: Notification,
): Promise<void> {
  const { id, seq, channel, state, notice, createdAtMs, updatedAtMs } = notification;
  return store.appendNotification({
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
}
