// A dry run: what an attempt would find and do, and whom it would tell. Nothing is changed, and nothing is put on record.
import type { HealingError } from '../store/attempt-store.ts';
import type { Action } from './action.ts';
import type { Attempt } from './attempt.ts';
import { chooseBranch } from './choose-branch.ts';
import { diagnose } from './diagnose.ts';
import type { DiagnoseDeps } from './diagnose.ts';
import type { Guardian } from './guardian.ts';
import type { FixAnswer } from './healing.ts';
import { plannedParams } from './planned-params.ts';
import type { Branch, Rule } from './rule.ts';
import type { Target } from './target.ts';
import { tellVerify } from './tell-verify.ts';

interface RehearseDeps {
  readonly guardian: Guardian;
  readonly diagnosis: DiagnoseDeps;
  readonly actions: ReadonlyMap<string, Action>;
}

export async function rehearse(
  attempt: Attempt,
  { rule, subject }: { readonly rule: Rule; readonly subject: { error: HealingError; target: Target } },
  { guardian, diagnosis, actions }: RehearseDeps,
): Promise<Extract<FixAnswer, { kind: 'dry_run' }>> {
  const { target } = subject;
  const facts = await diagnose(rule, subject, diagnosis);
  const branch = chooseBranch(rule.plan, facts);
  const steps = branch?.steps ?? [];
  // As live: what changes nothing is not held back.
  const verdict =
    branch?.then === 'verify' ? guardian.mayAct(rule, target, { ...attempt, branch: branch.name }) : undefined;
  return {
    kind: 'dry_run',
    rule,
    mode: guardian.modeOf(rule, target),
    targetName: target.name,
    facts,
    branch: branch?.name ?? '',
    finding: branch?.finding ?? 'UNDIAGNOSED',
    steps: steps.map((call) => ({ ...call, with: plannedParams(call, { ...subject, facts }, actions) })),
    verify: steps.length === 0 ? '' : tellVerify(rule.verify),
    handOver: handsOver(branch) ? rule.escalate : undefined,
    suppression: verdict?.reason,
  };
}

/** At once: what waits, or works again by itself, is nobody's yet. */
function handsOver(branch: Branch | undefined): boolean {
  return branch === undefined || branch.then === 'escalate';
}
