// The log of calls over the store, which buffers its rows.
import type { AgentStore } from '../store/agent-store.ts';
import type { Activity, ActivityLog } from './activity.ts';

export function createActivityLog(store: Pick<AgentStore, 'addActivity' | 'listActivity'>): ActivityLog {
  return {
    record: (activity) => store.addActivity(activity),
    async list({ limit, ...filter }) {
      // One more than asked for tells whether there is a next page.
      const rows = await store.listActivity({ ...filter, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        // Our own words: `record` put them there.
        activities: shown.map(({ n: _n, ...row }) => ({ ...row, via: row.via as Activity['via'] })),
        next: rows.length > limit && last !== undefined ? { atMs: last.atMs, n: last.n } : undefined,
      };
    },
  };
}
