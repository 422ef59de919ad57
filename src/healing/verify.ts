// Did it help? Not the action's answer counts, but what probes find and what the services report after it: errors of the
// same groups, dated after the action's end and a time to settle. All from stored times, so a restart resumes it.
import type { AttemptStore } from '../store/attempt-store.ts';
import type { Attempt, Evidence } from './attempt.ts';
import type { Clock } from './clock.ts';
import { holds } from './conditions.ts';
import { runProbe } from './diagnose.ts';
import type { DiagnoseDeps, Subject } from './diagnose.ts';
import type { Rule, Verify, VerifyProbe } from './rule.ts';
import type { Target } from './target.ts';

export interface Verification {
  readonly kind: 'helped' | 'ineffective' | 'inconclusive' | 'worse' | 'stopped';
  readonly evidence: Evidence;
}

export interface VerifyDeps extends DiagnoseDeps {
  readonly store: Pick<AttemptStore, 'countForVerification'>;
  readonly clock: Clock;
  /** The target as it is now; undefined: it is gone. */
  readonly look: (target: Target) => Promise<Target | undefined>;
  /** Aborted when the process stops: the verdict is then `stopped`, and the next start goes on. */
  readonly signal: AbortSignal;
}

/** Errors of the soak may still be on their way through batches of SDKs and collectors. */
const LATE_MS = 2_000;

/** How often the soak is looked at: an attempt that surely did not help need not be waited for. */
const LOOK_EVERY_MS = 1_000;

/** Fewer errors than this say nothing about "worse". */
const MIN_WORSE = 10;

export function verifyEndsAtMs(actedAtMs: number, verify: Verify): number {
  return actedAtMs + verify.settleMs + verify.soakMs;
}

export async function verify(
  attempt: Attempt,
  { rule, subject }: { readonly rule: Rule; readonly subject: Subject },
  deps: VerifyDeps,
): Promise<Verification> {
  const probed: Record<string, boolean> = {};
  for (const call of rule.verify.probes) {
    const passed = await passes(call, { attempt, subject }, deps);
    if (deps.signal.aborted) return { kind: 'stopped', evidence: {} };
    probed[call.id] = passed;
    if (!passed) return { kind: 'ineffective', evidence: { ...probed, reason: `the probe ${call.id} did not pass` } };
  }
  return soak(attempt, rule.verify, { ...deps, probed });
}

async function soak(
  attempt: Attempt,
  verify: Verify,
  deps: VerifyDeps & { readonly probed: Evidence },
): Promise<Verification> {
  const fromMs = attempt.actedAtMs + verify.settleMs;
  const toMs = fromMs + verify.soakMs;
  for (;;) {
    const nowMs = deps.clock.now();
    const counts = await deps.store.countForVerification({
      companyId: attempt.cause.companyId,
      fingerprints: attempt.cause.fingerprints,
      service: attempt.cause.service,
      fromMs,
      toMs,
    });
    const evidence = {
      ...deps.probed,
      errors: counts.ofGroups,
      errors_of_service: counts.ofService,
      soak_ms: toMs - fromMs,
    };
    if (counts.ofGroups > verify.maxErrors) {
      const seconds = Math.max(1, Math.min(nowMs, toMs) - fromMs) / 1000;
      const kind = (await isWorse(attempt, verify, { errors: counts.ofGroups, seconds, deps }))
        ? 'worse'
        : 'ineffective';
      return { kind, evidence: { ...evidence, reason: `${counts.ofGroups} errors of the same groups came after it` } };
    }
    if (nowMs >= toMs + LATE_MS) {
      const silent = counts.ofService === 0 && verify.noTraffic === 'inconclusive';
      return { kind: silent ? 'inconclusive' : 'helped', evidence };
    }
    await deps.clock.sleep(Math.min(LOOK_EVERY_MS, toMs + LATE_MS - nowMs), deps.signal);
    if (deps.signal.aborted) return { kind: 'stopped', evidence: {} };
  }
}

/** Against as long a time before the first step, as it was stored: the firing itself came after a handful of errors. */
async function isWorse(
  { cause, steps, actedAtMs }: Attempt,
  { worseFactor }: Verify,
  { errors, seconds, deps }: { errors: number; seconds: number; deps: VerifyDeps },
): Promise<boolean> {
  if (errors < MIN_WORSE) return false;
  const toMs = steps[0]?.intentAtMs ?? actedAtMs;
  const { companyId, fingerprints, service } = cause;
  const fromMs = toMs - Math.ceil(seconds * 1000);
  const before = await deps.store.countForVerification({ companyId, fingerprints, service, fromMs, toMs });
  return errors > before.ofGroups * worseFactor;
}

/** `successes` in a row, before its time is over. */
async function passes(
  call: VerifyProbe,
  { attempt, subject }: { readonly attempt: Attempt; readonly subject: Subject },
  deps: VerifyDeps,
): Promise<boolean> {
  // From now on, not from the action's end: the probes before it took their time, and a restart of ours may lie between.
  const untilMs = deps.clock.now() + call.withinMs;
  let inARow = 0;
  for (;;) {
    // What was down had no address, and a start may give another one. An engine that is away is the probe's to tell.
    const target = (await deps.look(subject.target).catch(() => undefined)) ?? subject.target;
    const facts = await runProbe(call, { ...subject, target, facts: attempt.facts }, deps);
    inARow = holds(call.expect, (name: string) => facts[name]) ? inARow + 1 : 0;
    if (inARow >= call.successes) return true;
    if (deps.clock.now() + call.everyMs > untilMs && inARow === 0) return false;
    if (deps.clock.now() > untilMs + call.everyMs * call.successes) return false;
    await deps.clock.sleep(call.everyMs, deps.signal);
    if (deps.signal.aborted) return false;
  }
}
