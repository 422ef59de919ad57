// Who is on what, and with what success: counted from the cases of the last 30 days.
import type { AgentStatus, Delegated } from './agents.ts';
import type { Case } from './case.ts';
import type { Agent } from './roster.ts';

/** `cases`: of one company, in any order. */
export function statusOf(agent: Agent, cases: readonly Case[], lastSeenMs: number | undefined): AgentStatus {
  const given: readonly Delegated[] = cases.flatMap((one) =>
    one.delegations
      .filter((delegation) => delegation.agent === agent.name)
      .map((delegation) => ({ delegation, case: one })),
  );
  const inState = (state: string) => given.filter(({ delegation }) => delegation.state === state);
  const reported = inState('reported');
  const tookMs = reported.flatMap(({ delegation: { report, openedAtMs } }) =>
    report === undefined ? [] : [report.atMs - openedAtMs],
  );
  return {
    agent,
    holds: inState('acknowledged').toSorted((a, b) => takenAtMs(a) - takenAtMs(b)),
    waiting: inState('open').length,
    reported: reported.length,
    resolved: reported.filter(({ delegation }) => delegation.report?.status === 'resolved').length,
    expired: inState('expired').length,
    medianReportMs: medianOf(tookMs),
    lastSeenMs,
  };
}

function takenAtMs({ delegation }: Delegated): number {
  return delegation.acknowledgedAtMs ?? delegation.openedAtMs;
}

/** Of an even count, the mean of the two in the middle. */
function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
