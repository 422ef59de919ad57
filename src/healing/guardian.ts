// Gathers what the guards (guards.ts) look at: the target as it is now, its events, the attempts on record, the switches.
import type { Attempt, Mode } from './attempt.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Clock } from './clock.ts';
import type { Action } from './action.ts';
import type { ContainerEngine } from './container-engine.ts';
import { guard, historyMs } from './guards.ts';
import type { GuardSettings, Verdict } from './guards.ts';
import type { Learner } from './learner.ts';
import { lowestMode } from './lowest-mode.ts';
import type { PauseSwitch } from './pause-switch.ts';
import type { Probe } from './probe.ts';
import type { Rule } from './rule.ts';
import type { Target } from './target.ts';
import { unavailableOf } from './unavailable.ts';

export interface GuardianSettings extends GuardSettings {
  /** The ceiling of all modes. */
  readonly mode: Mode;
}

export interface GuardianDeps {
  readonly log: AttemptLog;
  readonly pause: PauseSwitch;
  readonly learner: Learner;
  readonly engine: ContainerEngine | undefined;
  /** false: the engine does not answer at present. */
  readonly isEngineUp: () => boolean;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly actions: ReadonlyMap<string, Action>;
  readonly clock: Clock;
}

export interface Guardian {
  /** undefined: it may act now. */
  mayAct(rule: Rule, target: Target, attempt: Attempt): Verdict | undefined;
  isPaused(): boolean;
  /** The lowest of the global mode, the rule's, its record's and the target's. */
  modeOf(rule: Rule, target: Target | undefined): Mode;
  /** Why a rule can't work here; '' when it can. */
  unavailable(rule: Rule): string;
}

export function createGuardian(settings: GuardianSettings, deps: GuardianDeps): Guardian {
  function modeOf(rule: Rule, target: Target | undefined): Mode {
    const ofRecord = deps.learner.isDemoted(rule) ? 'observe' : 'auto';
    return lowestMode(settings.mode, rule.mode, target?.service.mode ?? 'auto', ofRecord);
  }

  function unavailable(rule: Rule): string {
    const engine = deps.engine === undefined ? 'none' : deps.isEngineUp() ? 'up' : 'away';
    return unavailableOf(rule, { engine, probes: deps.probes, actions: deps.actions });
  }

  function mayAct(rule: Rule, target: Target, attempt: Attempt): Verdict | undefined {
    const nowMs = deps.clock.now();
    const id = target.container?.id;
    const branch = rule.plan.find(({ name }) => name === attempt.branch);
    return guard(
      {
        rule,
        mode: modeOf(rule, target),
        byHand: attempt.requestedBy !== 'rule',
        paused: deps.pause.state().paused,
        target,
        events: id === undefined ? [] : (deps.engine?.eventsOf(id) ?? []),
        foreignEvents: id === undefined ? [] : (deps.engine?.foreignEventsOf(id) ?? []),
        needsContainer: (branch?.steps ?? []).some(({ action }) => deps.actions.get(action)?.needsContainer === true),
        attemptId: attempt.id,
      },
      {
        history: deps.log.recent().filter(({ startedAtMs }) => startedAtMs > nowMs - historyMs(rule)),
        settings,
        nowMs,
      },
    );
  }

  return { mayAct, isPaused: () => deps.pause.state().paused, modeOf, unavailable };
}
