// What the list of attempts is narrowed to. It stands in the address of the page.
import { outcomes } from '../../../../healing/attempt.ts';
import type { Query } from '../../api-client.ts';
import type { FixItem } from '../../answers.ts';

type State = FixItem['state'];

/** By `show` of the address; '' is all. */
const STATES: Readonly<Record<string, readonly State[]>> = {
  approval: ['awaiting_approval'],
  running: ['matched', 'diagnosing', 'diagnosed', 'waiting', 'acting', 'verifying', 'rolling_back'],
  ended: ['ended'],
  held: ['suppressed'],
};

export const shows = [
  ['', 'all'],
  ['approval', 'waiting for approval'],
  ['running', 'running'],
  ['ended', 'ended'],
  ['held', 'held back'],
] as const;

export const outcomeOptions = [
  ['', 'any outcome'],
  ...outcomes.map((outcome) => [outcome, outcome.replaceAll('_', ' ')] as const),
] as const;

export function toQuery(query: Readonly<Record<string, string>>): Query {
  const { show = '', outcome, rule, group } = query;
  return {
    state: STATES[show],
    outcome: outcomes.find((known) => known === outcome),
    rule_id: rule,
    fingerprint: group,
  };
}

export function isNarrowed({ show, outcome, rule, group }: Readonly<Record<string, string>>): boolean {
  return [show, outcome, rule, group].some((value) => value !== undefined);
}

export function isRunning({ state }: Pick<FixItem, 'state'>): boolean {
  return state !== 'ended' && state !== 'suppressed';
}
