// What the clock does to a case: offers that nobody took, leases that ran out, and its own end.
import type { CaseRecord } from './case-log.ts';
import { end, isPending, offerAgain } from './move-delegation.ts';
import type { AgentsSettings } from './roster.ts';

/** The same object when nothing is due. */
export function followDeadlines(record: CaseRecord, nowMs: number, settings: AgentsSettings): CaseRecord {
  if (record.state !== 'open') return record;
  if (nowMs >= record.deadlineAtMs) return expireRest(record);
  const moment = { nowMs, settings, deadlineAtMs: record.deadlineAtMs };
  const overdue = [...record.overdue];
  let isChanged = false;
  const delegations = record.delegations.map((delegation) => {
    const { id, state, heldBy, dueAtMs } = delegation;
    if (!isPending(delegation) || dueAtMs === undefined || nowMs < dueAtMs) return delegation;
    isChanged = true;
    if (state === 'acknowledged') return offerAgain(delegation, `the lease of ${heldBy} ran out`, moment);
    if (!overdue.includes(id)) overdue.push(id);
    return offerAgain(delegation, 'nobody acknowledged it in time', moment);
  });
  return isChanged ? { ...record, delegations, overdue } : record;
}

function expireRest(record: CaseRecord): CaseRecord {
  const expired = record.delegations.map((delegation) =>
    isPending(delegation) ? end(delegation, 'expired', 'not reported by the deadline of the case') : delegation,
  );
  return { ...record, delegations: expired };
}
