// How an attempt went, as what people would tell of it: each entry one thing that happened, made from its moves. Pure.
import type { FixAnswer } from '../../answers.ts';

type Move = FixAnswer['timeline'][number];
export type Step = FixAnswer['steps'][number];

export type EntryKind =
  | 'fired'
  | 'diagnosing'
  | 'diagnosed'
  | 'waiting'
  | 'asked'
  | 'approved'
  | 'intent'
  | 'acted'
  | 'verifying'
  | 'undoing'
  | 'held'
  | 'ended'
  | 'relapsed';

export interface Entry {
  readonly kind: EntryKind;
  /** ISO-8601. */
  readonly at: string;
  /** undefined: it has no length, or goes on. */
  readonly tookMs: number | undefined;
  readonly note: string;
  /** Of intent and acted. */
  readonly step: Step | undefined;
  /** Of acted: how the step stood then; it may have been undone since. */
  readonly stepState: Step['state'] | undefined;
  /** Of ended: how it ended then; it may have been taken back since. */
  readonly outcome: FixAnswer['outcome'];
  /** The last of its kind: facts and verification that are on record are those of the last. */
  readonly isLast: boolean;
  /** Nothing came after it yet. */
  readonly isNow: boolean;
}

type Told = Omit<Entry, 'isLast' | 'isNow'>;

const BLANK = { tookMs: undefined, note: '', step: undefined, stepState: undefined, outcome: null } as const;

const stepStates: readonly Step['state'][] = ['intent', 'done', 'failed', 'unknown', 'undone', 'skipped'];

export function toTimeline(fix: FixAnswer): readonly Entry[] {
  const told = [fired(fix), ...fix.timeline.flatMap((move, index) => tell(fix, move, fix.timeline[index - 1]))];
  const isRunning = fix.ended_at === null;
  return merge(told).map((entry, index, all) => ({
    ...entry,
    isLast: !all.slice(index + 1).some(({ kind }) => kind === entry.kind),
    isNow: isRunning && index === all.length - 1,
  }));
}

function fired({ cause, requested_by: by, started_at: startedAt }: FixAnswer): Told {
  const at = by === 'rule' ? cause.fired_at : startedAt;
  return { ...BLANK, kind: 'fired', at };
}

/** What is new in a move; most kinds are told once however many moves they take. */
function tell(fix: FixAnswer, move: Move, before: Move | undefined): readonly Told[] {
  const told = (kind: EntryKind, more: Partial<Told> = {}): Told => ({
    ...BLANK,
    kind,
    at: move.at,
    tookMs: move.lasted_ms ?? undefined,
    ...more,
  });
  switch (move.state) {
    case 'matched':
      return [];
    case 'diagnosing':
      return [told('diagnosing')];
    case 'diagnosed':
      return [told('diagnosed', { tookMs: before?.state === 'diagnosing' ? lengthOf(before) : undefined })];
    case 'waiting':
      return [told('waiting', { note: move.note })];
    case 'awaiting_approval':
      return [told('asked', { note: planOf(move) })];
    case 'acting':
      return tellActing(fix, move, { before, told });
    case 'verifying':
      return [told('verifying')];
    case 'rolling_back':
      return [told('undoing', { note: move.note })];
    case 'suppressed':
      return [told('held', { note: move.note, tookMs: undefined })];
    case 'ended':
      return [
        told(move.outcome === 'relapsed' ? 'relapsed' : 'ended', {
          note: move.note,
          tookMs: undefined,
          outcome: move.outcome,
        }),
      ];
  }
}

interface Telling {
  readonly before: Move | undefined;
  readonly told: (kind: EntryKind, more?: Partial<Told>) => Told;
}

function tellActing(fix: FixAnswer, move: Move, { before, told }: Telling): readonly Told[] {
  if (before?.state === 'awaiting_approval') return [told('approved', { note: move.note, tookMs: undefined })];
  const step = fix.steps.find(({ id }) => id === move.step);
  const isNew = before?.step !== move.step || before?.step_state !== move.step_state;
  if (step === undefined || !isNew) return [];
  if (move.step_state === 'intent') return [told('intent', { at: step.intent_at, step, tookMs: undefined })];
  const stepState = stepStates.find((known) => known === move.step_state);
  // What is on record of the step is its last state: of an earlier one the move alone tells.
  if (stepState !== step.state) return [told('acted', { step, stepState, tookMs: before?.lasted_ms ?? undefined })];
  const { ended_at: endedAt, took_ms: tookMs, note } = step;
  return [told('acted', { at: endedAt ?? move.at, step, stepState, tookMs: tookMs ?? undefined, note })];
}

/** A diagnosis that ended is told by what it found; the same kind twice in a row is one. */
function merge(told: readonly Told[]): readonly Told[] {
  return told.filter(({ kind, step }, index) => {
    const next = told[index + 1];
    if (kind === 'diagnosing') return next === undefined || next.kind === 'diagnosing';
    return next?.kind !== kind || next.step !== step || kind === 'waiting';
  });
}

/** What waits for a yes: the actions. The note of such a move is `waits for approval: <actions>`. */
function planOf({ note }: Pick<Move, 'note'>): string {
  return note.replace(/^waits for approval: /, '');
}

function lengthOf(move: Move): number | undefined {
  return move.lasted_ms ?? undefined;
}
