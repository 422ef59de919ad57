// A rule as the file has it, checked → Rule. Plain words of its parameters (`256MiB`) become numbers.
import { createHash } from 'node:crypto';
import { plainParams } from './check-params.ts';
import type { Catalogue } from './check-rule.ts';
import type { WrittenConditions, WrittenRule } from './rule-schema.ts';
import type { Condition, Conditions, ProbeCall, Rule, When } from './rule.ts';

export function ruleFromFile(written: WrittenRule, { probes, actions }: Catalogue, place: string): Rule {
  const { verify, limits } = written;
  const toProbeCall = ({ timeout, needs, ...call }: WrittenProbeCall): ProbeCall => ({
    ...call,
    with: plainParams(call.with, probes.get(call.probe)?.parameters),
    timeoutMs: timeout,
    needs: needs && toConditions(needs),
  });
  const rule: Omit<Rule, 'hash' | 'place' | 'tests'> = {
    id: written.id,
    title: written.title,
    mode: written.mode,
    priority: written.priority,
    when: toWhen(written),
    target: written.target,
    diagnose: written.diagnose.map(toProbeCall),
    plan: written.plan.map((branch) => ({
      name: branch.branch,
      if: toConditions(branch.if),
      finding: branch.finding,
      steps: branch.steps.map(({ timeout, on_fail, ...step }) => ({
        ...step,
        with: plainParams(step.with, actions.get(step.action)?.parameters),
        timeoutMs: timeout,
        onFail: on_fail,
      })),
      // oxlint-disable-next-line unicorn/no-thenable -- a word, never a function
      then: branch.then,
    })),
    verify: {
      settleMs: verify.settle,
      probes: verify.probes.map(({ expect, successes, every, within, ...call }) => ({
        ...toProbeCall(call),
        expect: toConditions(expect),
        successes,
        everyMs: every,
        withinMs: within,
      })),
      maxErrors: verify.max_errors,
      soakMs: verify.soak,
      // A healed service reports nothing: silence is good news when probes say the same.
      noTraffic: verify.no_traffic ?? (verify.probes.length > 0 ? 'pass' : 'inconclusive'),
      worseFactor: verify.worse_factor,
      relapseMs: verify.relapse,
    },
    limits: {
      cooldownMs: limits.cooldown,
      attempts: { max: limits.attempts.max, withinMs: limits.attempts.within },
      breaker: { failures: limits.breaker.failures, withinMs: limits.breaker.within, openMs: limits.breaker.open },
    },
    escalate: written.escalate,
  };
  return {
    ...rule,
    tests: written.tests.map(({ errors, facts, expect, ...test }) => ({
      ...test,
      errors: errors.map(({ fields, times, over }) => ({ fields, times, overMs: over })),
      facts,
      expect: { fires: expect.fires, branch: expect.branch, finding: expect.finding },
    })),
    // Without its place and tests: moving it or testing it better makes no other rule of it.
    hash: createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 16),
    place,
  };
}

function toWhen({ when, target }: WrittenRule): When {
  const byTarget = target === 'peer' ? ['peer.name'] : target === 'subject' ? ['service'] : [];
  return {
    match: toConditions(when.match),
    groupBy: when.group_by ?? byTarget,
    count: when.count,
    withinMs: when.within,
    distinct: when.distinct,
    ratio: when.ratio,
  };
}

type WrittenProbeCall = WrittenRule['diagnose'][number];

function toConditions({ all, any, none }: WrittenConditions): Conditions {
  return { all: all.map(toCondition), any: any.map(toCondition), none: none.map(toCondition) };
}

/** The schema saw to it that there is a name and one comparison. */
function toCondition(written: WrittenConditions['all'][number]): Condition {
  const { field, fact, ...comparison } = written as Readonly<Record<string, Condition['value']>>;
  const [op, value] = Object.entries(comparison)[0] ?? ['exists', true];
  return { name: String(field ?? fact), op: op as Condition['op'], value };
}
