// Cases and the delegations in them. An event is an insert of its own, as those of attempts are (attempts.ts).
import type { AgentStore, CaseEvent } from './agent-store.ts';
import type { Aliases } from './aliases.ts';
import { CASE_COLUMNS, selectCaseOf, selectCases, selectDelegations } from './queries-agents.ts';
import { toDateTime64 } from './rows.ts';
import type { Runner } from './run.ts';

type Cases = Pick<AgentStore, 'appendCase' | 'listCases' | 'listDelegations' | 'getCaseOf'>;

interface CaseDeps {
  readonly writes: Runner;
  readonly reads: Runner;
  readonly aliases: Aliases;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

interface CaseRow {
  readonly case_json: string;
}

export function createCases({ writes, reads, aliases, ready }: CaseDeps): Cases {
  return {
    appendCase: async (event) => {
      await ready();
      await writes.insert('case_events', CASE_COLUMNS, [toRow(event)]);
    },
    listCases: async ({ fingerprints, ...filter }) => {
      const { companyId } = filter;
      const members =
        companyId === undefined
          ? fingerprints
          : fingerprints?.flatMap((fingerprint) => aliases.membersOf(companyId, fingerprint));
      const query = selectCases(members === undefined ? filter : { ...filter, fingerprints: members });
      return (await reads.rows<CaseRow>(query)).map((row) => row.case_json);
    },
    listDelegations: async (filter) =>
      (await reads.rows<CaseRow & { delegation_id: string }>(selectDelegations(filter))).map((row) => ({
        delegationId: row.delegation_id,
        case: row.case_json,
      })),
    getCaseOf: async (companyId, delegationId) =>
      (await reads.rows<CaseRow>(selectCaseOf(companyId, delegationId)))[0]?.case_json,
  };
}

function toRow(event: CaseEvent): readonly unknown[] {
  return [
    event.companyId,
    event.caseId,
    event.seq,
    toDateTime64(event.atMs),
    event.state,
    toDateTime64(event.openedAtMs),
    event.attemptId,
    event.errorId,
    event.fingerprints,
    event.delegations.map((delegation) => delegation.id),
    event.delegations.map((delegation) => delegation.agent),
    event.delegations.map((delegation) => delegation.state),
    event.case,
  ];
}
