// The end of a case: when enough is reported, what the reports come to, and the summary of them.
import type { CaseRecord } from './case-log.ts';
import type { Delegation } from './case.ts';
import { end, isPending } from './move-delegation.ts';

/** Of one agent in the summary; the whole report stays with its delegation. */
const MAX_LINE = 500;

/** The same object while something is still awaited. */
export function joinReports(record: CaseRecord, nowMs: number): CaseRecord {
  if (record.state !== 'open') return record;
  const isEnough = record.join === 'any' && record.delegations.some(isAnswer);
  if (!isEnough && record.delegations.some(isPending)) return record;
  const delegations = record.delegations.map((delegation) =>
    isPending(delegation) ? end(delegation, 'withdrawn', 'another report was enough') : delegation,
  );
  const isResolved = delegations.some(({ report }) => report?.status === 'resolved');
  return {
    ...record,
    state: isResolved ? 'resolved' : 'escalated',
    delegations,
    summary: delegations.map(lineOf).join('\n'),
    closedAtMs: nowMs,
  };
}

function isAnswer({ report }: Delegation): boolean {
  return report?.status === 'resolved' || report?.status === 'found';
}

function lineOf({ agent, state, note, report }: Delegation): string {
  const said = (report?.summary ?? note).replaceAll(/\s+/g, ' ').trim();
  const line = said.length > MAX_LINE ? `${said.slice(0, MAX_LINE - 1)}…` : said;
  return `${agent} (${report?.status ?? state}): ${line}`;
}
