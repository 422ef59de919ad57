// Cases as they are written: each change is one event, durable before it is answered. What the desk must follow (open, or
// with something still owed) is also in memory; one processor works the desk, so what is there is how it is.
import type { AgentStore } from '../store/agent-store.ts';
import type { Case } from './case.ts';
import type { Notice } from './notice.ts';

export interface CaseRecord extends Case {
  /** What follows from its changes and is still to be done: written with them, so that no restart loses it. */
  readonly owed: Owed;
  /** Ids of the attempts that joined it, the newest. */
  readonly joinedBy: readonly string[];
  /** Ids of the delegations that people were told are overdue. */
  readonly overdue: readonly string[];
}

export interface Owed {
  readonly notices: readonly Notice[];
  /** Its groups are to be resolved. */
  readonly resolve: boolean;
}

export const NOTHING_OWED: Owed = { notices: [], resolve: false };

export interface CaseLog {
  /** Reads what is to be followed. Answers the ids of all attempts that belong to a case opened since then. */
  load(sinceMs: number): Promise<ReadonlySet<string>>;
  /** What is to be followed. */
  live(): readonly CaseRecord[];
  /** How many of this company are to be followed. */
  count(companyId: number): number;
  /** Of this company no further case may be opened. */
  isFull(companyId: number): boolean;
  /** As it was last written. undefined: unknown, or another company's. */
  latest(companyId: number, delegationId: string): Promise<CaseRecord | undefined>;
  /** Cases about any of these groups, in any order: all that are open, and the newest of the others. */
  ofGroups(companyId: number, fingerprints: readonly string[]): Promise<readonly CaseRecord[]>;
  /** The next event. Throws STORE_UNAVAILABLE: then it did not happen, as far as anybody is told. */
  write(record: CaseRecord): Promise<CaseRecord>;
  /** For what is done and not worth an event. */
  keep(record: CaseRecord): void;
}

/** Of one company: people see to none of them before that. One more is not opened. */
const MAX_OPEN = 1_000;

/** Of all companies, in memory with their reports; a start reads them all. */
const MAX_OPEN_OF_ALL = 20_000;

/** Of one group: whether it was heard, and when it was closed last, the newest tell. */
const MAX_OF_GROUP = 20;

/** Cases of some days. */
const MAX_RECENT = 10_000;

export function createCaseLog(store: AgentStore, now: () => number): CaseLog {
  const records = new Map<string, CaseRecord>();
  /** Of each delegation of these: the id of its case. */
  const caseIds = new Map<string, string>();
  /** How many of these each company has. */
  const counts = new Map<number, number>();
  /** Sequence of an event that failed, and may be stored all the same. */
  const doubted = new Map<string, number>();
  /** Ids of cases that are over: what was read of them before is out of date. */
  const over = new Set<string>();

  function keep(record: CaseRecord): void {
    if (record.state === 'open' || isOwing(record)) return hold(record);
    drop(record);
    over.add(record.id);
    for (const id of over) if (over.size > MAX_RECENT) over.delete(id);
  }

  function count(companyId: number): number {
    return counts.get(companyId) ?? 0;
  }

  function hold(record: CaseRecord): void {
    const { id: caseId, companyId, delegations } = record;
    if (!records.has(caseId)) counts.set(companyId, count(companyId) + 1);
    records.set(caseId, record);
    for (const { id } of delegations) caseIds.set(id, caseId);
  }

  function drop({ id: caseId, companyId, delegations }: CaseRecord): void {
    if (!records.delete(caseId)) return;
    counts.set(companyId, count(companyId) - 1);
    for (const { id } of delegations) caseIds.delete(id);
  }

  function heldOf(companyId: number, delegationId: string): CaseRecord | undefined {
    const record = records.get(caseIds.get(delegationId) ?? '');
    return record?.companyId === companyId ? record : undefined;
  }

  /** What was changed since it was asked for is newer here. */
  function keepRead(record: CaseRecord): void {
    if (!records.has(record.id) && !over.has(record.id)) keep(record);
  }

  async function latest(companyId: number, delegationId: string): Promise<CaseRecord | undefined> {
    const known = heldOf(companyId, delegationId);
    const seq = doubted.get(known?.id ?? '');
    if (known !== undefined && seq === undefined) return known;
    const text = await store.getCaseOf(companyId, delegationId);
    if (text === undefined) return undefined;
    const stored = toRecord(text);
    if (known === undefined || seq === undefined) return stored;
    // Whether the event that failed was stored is known now; should it still arrive, the next one outdoes it.
    const seen = { ...stored, seq: Math.max(stored.seq, seq) };
    doubted.delete(known.id);
    keep(seen);
    return seen;
  }

  return {
    load: async (sinceMs) => {
      const open = await store.listCases({ state: ['open'], limit: MAX_OPEN_OF_ALL });
      const recent = await store.listCases({ openedSinceMs: sinceMs, limit: MAX_RECENT });
      const known = [...open, ...recent].map(toRecord);
      for (const record of known) keepRead(record);
      return new Set(known.flatMap(({ attemptId, joinedBy }) => [attemptId, ...joinedBy]));
    },
    live: () => [...records.values()],
    count,
    isFull: (companyId) => count(companyId) >= MAX_OPEN || records.size >= MAX_OPEN_OF_ALL,
    latest,
    ofGroups: async (companyId, fingerprints) => {
      // The store also knows which groups were merged, and what an event that failed has left.
      const stored = (await store.listCases({ companyId, fingerprints, limit: MAX_OF_GROUP })).map(toRecord);
      for (const record of stored) if (record.state === 'open') keepRead(record);
      const ids = new Set(stored.map(({ id }) => id));
      const held = [...records.values()].filter((record) => {
        const isSame = record.companyId === companyId && record.fingerprints.some((one) => fingerprints.includes(one));
        return isSame || ids.has(record.id);
      });
      return [...held, ...stored.filter(({ id, state }) => state !== 'open' && !records.has(id))];
    },
    write: async (record) => {
      const seq = Math.max(record.seq, doubted.get(record.id) ?? 0) + 1;
      const next = { ...record, seq, updatedAtMs: now() };
      try {
        await store.appendCase(toEvent(next));
      } catch (cause) {
        doubted.set(next.id, seq);
        throw cause;
      }
      doubted.delete(next.id);
      keep(next);
      return next;
    },
    keep,
  };
}

export function isOwing({ owed }: CaseRecord): boolean {
  return owed.resolve || owed.notices.length > 0;
}

/** As the doors see it. */
export function toCase(record: CaseRecord): Case {
  const { owed: _owed, joinedBy: _joinedBy, overdue: _overdue, ...seen } = record;
  return seen;
}

/** Our own text: it is what `write` put there. */
export function toRecord(text: string): CaseRecord {
  return JSON.parse(text) as CaseRecord;
}

function toEvent(record: CaseRecord): Parameters<AgentStore['appendCase']>[0] {
  return {
    companyId: record.companyId,
    caseId: record.id,
    seq: record.seq,
    atMs: record.updatedAtMs,
    state: record.state,
    openedAtMs: record.openedAtMs,
    attemptId: record.attemptId,
    errorId: record.errorId,
    fingerprints: record.fingerprints,
    delegations: record.delegations.map(({ id, agent, state }) => ({ id, agent, state })),
    case: JSON.stringify(record),
  };
}
