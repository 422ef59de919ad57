// May this plan be carried out now? Every no has a reason and a sentence with its numbers; the first in this order tells:
// paused, protected, no container, not_enabled, observe, deploy_in_progress, operator_hold, busy, cooldown, attempts,
// breaker_open, budget. Pure: the same history gives the same verdict, live and in a backtest.
import type { AttemptState, Mode, Suppression } from './attempt.ts';
import { hasActed, openBreaker } from './breaker.ts';
import type { PastAttempt } from './breaker.ts';
import type { EngineEvent } from './container-engine.ts';
import { operatorHold } from './operator-hold.ts';
import type { Rule } from './rule.ts';
import { AUTOFIX_LABEL } from './target.ts';
import type { Container, Target } from './target.ts';

export interface GuardInput {
  readonly rule: Rule;
  /** The lowest of the global mode, the rule's, the target's, and of what its record leaves it. */
  readonly mode: Mode;
  /** A call by hand is not stopped by `observe`. */
  readonly byHand: boolean;
  readonly paused: boolean;
  readonly target: Target;
  /** Of the target's container, since the engine is watched. */
  readonly events: readonly EngineEvent[];
  /** Those that we did not cause. */
  readonly foreignEvents: readonly EngineEvent[];
  /** Some action of the plan reaches a container. */
  readonly needsContainer: boolean;
  /** This attempt, when it is already on record: it is not its own obstacle. */
  readonly attemptId: string | undefined;
}

export interface GuardSettings {
  /** A container younger than this is still being deployed. */
  readonly deployGraceMs: number;
  readonly budget: { readonly actionsPerHour: number; readonly concurrent: number };
}

export interface Verdict {
  readonly reason: Suppression;
  readonly note: string;
}

const HOUR_MS = 3_600_000;

/** Something is or may soon be done to the target. */
const OPEN: ReadonlySet<AttemptState> = new Set([
  'diagnosing',
  'diagnosed',
  'waiting',
  'awaiting_approval',
  'acting',
  'verifying',
  'rolling_back',
]);
/** One that waits for a person or for a start costs nothing. */
const RUNNING: ReadonlySet<AttemptState> = new Set(['diagnosing', 'diagnosed', 'acting', 'verifying', 'rolling_back']);

/** While compose replaces a container, the new one is called after the old one's id. The label that tells of it stays for ever. */
const COMPOSE_REPLACE_LABEL = 'com.docker.compose.replace';
const COMPOSE_TEMPORARY_NAME = /^\/?[0-9a-f]{12}_/;

/** How far back `history` must reach for this rule. A breaker that was opened again and again may need all of it. */
export function historyMs({ limits: { cooldownMs, attempts, breaker } }: Rule): number {
  return Math.max(HOUR_MS, cooldownMs, attempts.withinMs, 4 * (breaker.withinMs + breaker.openMs));
}

export interface Circumstances {
  /** Attempts of all rules and targets, in any order, not older than historyMs. */
  readonly history: readonly PastAttempt[];
  readonly settings: GuardSettings;
  readonly nowMs: number;
}

/** undefined: it may act. */
export function guard(input: GuardInput, circumstances: Circumstances): Verdict | undefined {
  const { rule, target, attemptId = '' } = input;
  return (
    permission(input) ??
    targetState(input, circumstances) ??
    limits({ rule, targetKey: target.key, attemptId }, circumstances)
  );
}

function permission({ paused, target: { name, service, container }, needsContainer, mode, byHand }: GuardInput) {
  if (paused) return no('paused', 'auto-fix is paused');
  if (service.protected) return no('protected', `${name} is protected`);
  if (needsContainer && container === undefined) return no('no_target', `${name} has no container here`);
  if (needsContainer && container?.labels[AUTOFIX_LABEL] !== 'true') {
    return no('not_enabled', `${container?.name ?? name} has no label ${AUTOFIX_LABEL}=true`);
  }
  return mode === 'observe' && !byHand ? no('observe', 'the mode is observe: it looks and does not act') : undefined;
}

function targetState(
  { target: { container }, needsContainer, events, foreignEvents }: GuardInput,
  { settings, nowMs }: Circumstances,
) {
  if (container === undefined || !needsContainer) return undefined;
  const ageMs = nowMs - container.createdAtMs;
  if (ageMs < settings.deployGraceMs) {
    const asked = inWords(settings.deployGraceMs);
    return no(
      'deploy_in_progress',
      `${container.name} was created ${inWords(ageMs)} ago, ${asked} are left to a deployment`,
    );
  }
  if (isBeingReplaced(container)) return no('deploy_in_progress', `compose is replacing ${container.name}`);
  const held = operatorHold({ container, events, foreignEvents });
  return held === undefined ? undefined : no('operator_hold', held);
}

function isBeingReplaced({ labels, name }: Container): boolean {
  return labels[COMPOSE_REPLACE_LABEL] !== undefined && COMPOSE_TEMPORARY_NAME.test(name);
}

/** The limits alone: what a backtest can know. */
export function limits(
  { rule, targetKey, attemptId }: { readonly rule: Rule; readonly targetKey: string; readonly attemptId?: string },
  { history, settings, nowMs }: Circumstances,
): Verdict | undefined {
  const others = history.filter(({ id }) => id !== attemptId);
  const onTarget = others.filter((attempt) => attempt.targetKey === targetKey);
  const ofRule = onTarget.filter(({ ruleId }) => ruleId === rule.id);
  return (
    busy(onTarget) ??
    cooldown(ofRule, rule, nowMs) ??
    attempts(onTarget, rule, nowMs) ??
    breaker(ofRule, rule, nowMs) ??
    budget(others, settings, nowMs)
  );
}

function busy(onTarget: readonly PastAttempt[]) {
  const other = onTarget.find(({ state }) => OPEN.has(state));
  return other && no('busy', `attempt ${other.id} of rule ${other.ruleId} is ${other.state.replaceAll('_', ' ')}`);
}

function cooldown(ofRule: readonly PastAttempt[], { limits: { cooldownMs } }: Rule, nowMs: number) {
  const acted = ofRule.filter(hasActed);
  if (acted.length === 0) return undefined;
  const agoMs = nowMs - Math.max(...acted.map(({ endedAtMs, actedAtMs }) => endedAtMs ?? actedAtMs));
  if (agoMs >= cooldownMs) return undefined;
  return no('cooldown', `cooldown: the last attempt ended ${inWords(agoMs)} ago, ${inWords(cooldownMs)} are asked`);
}

function attempts(onTarget: readonly PastAttempt[], { limits }: Rule, nowMs: number) {
  const { max, withinMs } = limits.attempts;
  const count = onTarget.filter((attempt) => hasActed(attempt) && lastActMs(attempt) > nowMs - withinMs).length;
  if (count < max) return undefined;
  return no('attempts', `attempts: ${count} on this target in the last ${inWords(withinMs)}, ${max} are allowed`);
}

function breaker(ofRule: readonly PastAttempt[], { limits }: Rule, nowMs: number) {
  const open = openBreaker(ofRule, limits.breaker, nowMs);
  if (open === undefined) return undefined;
  const leftMs = open.untilMs - nowMs;
  return no('breaker_open', `breaker: ${open.failures} attempts did not help, open for another ${inWords(leftMs)}`);
}

function budget(
  others: readonly PastAttempt[],
  { budget: { actionsPerHour, concurrent } }: GuardSettings,
  nowMs: number,
) {
  const actions = others
    .flatMap(({ steps }) => steps)
    .filter(({ state, intentAtMs }) => state !== 'skipped' && intentAtMs > nowMs - HOUR_MS).length;
  if (actions >= actionsPerHour) {
    return no('budget', `budget: ${actions} actions in the last hour, ${actionsPerHour} are allowed`);
  }
  const running = others.filter(({ state }) => RUNNING.has(state)).length;
  if (running < concurrent) return undefined;
  return no('budget', `budget: ${running} attempts are running, ${concurrent} are allowed at once`);
}

function lastActMs({ actedAtMs, steps }: PastAttempt): number {
  return Math.max(actedAtMs, ...steps.map(({ intentAtMs }) => intentAtMs));
}

function no(reason: Suppression, note: string): Verdict {
  return { reason, note };
}

/** `90 s`, `5 min`, `2 h`, `3 d`: the largest unit of which there are two, or the only one that fits. */
export function inWords(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', HOUR_MS],
    ['min', 60_000],
  ] as const;
  for (const [unit, size] of units)
    if (ms >= size && (ms % size === 0 || ms >= 2 * size)) return `${Math.floor(ms / size)} ${unit}`;
  return `${Math.floor(Math.max(0, ms) / 1_000)} s`;
}
