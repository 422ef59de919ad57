// The fix engine. The feed fires; firings are gathered for a moment, so that many targets at once are seen as one cause
// (dispatch.ts); then each target has at most one attempt, which runs by itself (run-attempt.ts). What a stop or a crash
// left open is resumed first.
import { Failure } from '../failure.ts';
import type { AttemptStore } from '../store/attempt-store.ts';
import type { ErrorStore } from '../store/error-store.ts';
import type { Action } from './action.ts';
import { createAttemptLog, toAttempt } from './attempt-log.ts';
import type { Attempt } from './attempt.ts';
import type { Clock } from './clock.ts';
import type { ContainerEngine } from './container-engine.ts';
import { createDispatcher } from './dispatch.ts';
import { runFeed } from './feed.ts';
import { createGuardian } from './guardian.ts';
import type { GuardianSettings } from './guardian.ts';
import type { AttemptQuery, Healing } from './healing.ts';
import { createLearner } from './learner.ts';
import { createPauseSwitch } from './pause-switch.ts';
import type { ProbeEcho } from './probe-echo.ts';
import type { Probe } from './probe.ts';
import type { Rule } from './rule.ts';
import { listRuleStatus } from './rule-status.ts';
import { createRunner } from './runner.ts';
import type { ServiceCatalogue } from './service-catalogue.ts';
import { createTargetFinder } from './target-finder.ts';

export interface HealingSettings extends GuardianSettings {
  /** false: it reads and answers, and does nothing by itself. */
  readonly enabled: boolean;
  readonly approvalMs: number;
  /** See feed.ts. */
  readonly lagMs: number;
  readonly commonCause: { readonly targets: number; readonly withinMs: number };
}

export interface HealingDeps {
  readonly store: AttemptStore & Pick<ErrorStore, 'resolve' | 'waitForInsert' | 'getError' | 'listErrors'>;
  readonly rules: () => readonly Rule[];
  readonly probes: ReadonlyMap<string, Probe>;
  readonly actions: ReadonlyMap<string, Action>;
  readonly engine: ContainerEngine | undefined;
  /** false: the engine does not answer at present. */
  readonly isEngineUp: () => boolean;
  readonly catalogue: ServiceCatalogue;
  readonly echo: ProbeEcho;
  readonly secret: (reference: string) => string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /**
   * An attempt ended, was suppressed or waits for approval (told again after a start): notifications and delegations hang
   * on it. Must not throw.
   */
  readonly onNews?: (attempt: Attempt) => void;
}

export interface HealingEngine extends Healing {
  /** Loads, resumes what was open, and begins to read. Retries while the store is away. */
  start(): Promise<void>;
  /** Stops reading; what runs is left where its last durable event is, and resumed by the next start. */
  stop(deadlineMs: number): Promise<void>;
}

/** Loading takes a moment; a caller that waits longer is better told to come again. */
const LOADED_WITHIN_MS = 5_000;

const FOLLOW_EVERY_MS = 2_000;
const RETRY_START_MS = 2_000;

/** Follow-ups are counted this often. */
const LEARN_EVERY_MS = 60_000;

export function createHealing(settings: HealingSettings, deps: HealingDeps): HealingEngine {
  const stopping = new AbortController();
  const log = createAttemptLog(deps.store, deps.clock.now);
  const pause = createPauseSwitch(deps.store);
  const learner = createLearner({ ...deps, log });
  const guardian = createGuardian(settings, { ...deps, log, pause, learner });
  const finder = createTargetFinder(deps);
  const runner = createRunner(settings, { ...deps, log, guardian, finder, signal: stopping.signal });
  const dispatcher = createDispatcher(settings, { ...deps, log, guardian, finder, runner, signal: stopping.signal });
  // Errors come in while the store is still being read for what went before.
  const startedAtMs = deps.clock.now();
  let working: Promise<void> | undefined;
  let isLoaded = (): void => undefined;
  const loaded = new Promise<void>((resolve) => {
    isLoaded = resolve;
  });

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await log.load();
        await pause.load();
        if (settings.enabled) await runner.resumeOpen();
        isLoaded();
        break;
      } catch (cause) {
        deps.logger.warn({ err: cause }, 'healing waits for the store');
        await deps.clock.sleep(RETRY_START_MS, stopping.signal);
      }
    }
    await Promise.all(settings.enabled ? [feed(), learn(), followSwitch()] : [followSwitch()]);
  }

  /** Where other processors answer calls too, the switch may be moved there. */
  async function followSwitch(): Promise<void> {
    while (settings.lagMs > 0 && !stopping.signal.aborted) {
      await deps.clock.sleep(FOLLOW_EVERY_MS, stopping.signal);
      await pause.load().catch((cause: unknown) => deps.logger.warn({ err: cause }, 'the pause switch was not read'));
    }
  }

  /** Two processors that act would not know of each other. */
  function requireEnabled(): void {
    if (!settings.enabled) throw new Failure('CONFLICT', 'fixes are switched off in this processor (healing.enabled)');
  }

  /** Before that nothing is known of a pause, of limits, and of what is under way or waits for approval. */
  async function untilLoaded(): Promise<void> {
    const over = new AbortController();
    const late = deps.clock.sleep(LOADED_WITHIN_MS, over.signal).then(() => 'late');
    const first = await Promise.race([loaded, late]);
    over.abort();
    if (first === 'late') throw new Failure('STORE_UNAVAILABLE', 'what was fixed before is not read yet');
  }

  async function learn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await deps.clock.sleep(LEARN_EVERY_MS, stopping.signal);
      await learner
        .learn()
        .catch((cause: unknown) => deps.logger.warn({ err: cause }, 'what rules bring was not counted'));
    }
  }

  function feed(): Promise<void> {
    return runFeed(
      {
        store: deps.store,
        rules: deps.rules,
        isEcho: (error) => deps.echo.isEcho(error),
        onFirings: (firings) => dispatcher.add(firings),
        undecidedMs: () => dispatcher.undecidedMs(),
        onTrouble: (cause) => deps.logger.warn({ err: cause }, 'healing could not read the newest errors'),
        clock: deps.clock,
        startedAtMs,
        lagMs: settings.lagMs,
      },
      stopping.signal,
    );
  }

  async function get(companyId: number, attemptId: string): Promise<Attempt | undefined> {
    const text = await deps.store.getAttempt(companyId, attemptId);
    return text === undefined ? undefined : toAttempt(text);
  }

  return {
    start: async () => {
      working ??= work();
    },
    stop: async (deadlineMs) => {
      stopping.abort();
      // A timer that is left would keep the process up to the deadline.
      const idle = new AbortController();
      await Promise.race([
        Promise.all([working, dispatcher.idle(), runner.idle()]).finally(() => idle.abort()),
        deps.clock.sleep(deadlineMs, idle.signal),
      ]);
    },
    fix: async (error, options) => {
      if (!options.dryRun) requireEnabled();
      await untilLoaded();
      return dispatcher.fix(error, options);
    },
    approve: (companyId, id, by) => withAttempt(companyId, id, (attempt) => runner.approve(attempt, by)),
    reject: (companyId, id, answer) => withAttempt(companyId, id, (attempt) => runner.reject(attempt, answer)),
    rollback: (companyId, id, undo) => withAttempt(companyId, id, (attempt) => runner.rollback(attempt, undo)),
    setPaused: async (paused, by, reason) => {
      const state = await pause.set({
        paused,
        by,
        atMs: deps.clock.now(),
        ...(reason === undefined ? {} : { reason }),
      });
      deps.logger.warn({ by, paused, reason }, 'healing was switched');
      return state;
    },
    pauseState: () => pause.state(),
    ceiling: () => (settings.enabled ? settings.mode : 'off'),
    listRules: async (error) => listRuleStatus(error, { ...deps, guardian, learner }),
    listAttempts: async (query: AttemptQuery) => (await deps.store.listAttempts(query)).map(toAttempt),
    getAttempt: get,
  };

  async function withAttempt(
    companyId: number,
    id: string,
    act: (attempt: Attempt) => Promise<Attempt>,
  ): Promise<Attempt | undefined> {
    const attempt = await get(companyId, id);
    if (attempt !== undefined) {
      requireEnabled();
      await untilLoaded();
    }
    return attempt === undefined ? undefined : act(log.current(id) ?? attempt);
  }
}
