// The actions that a rule may name.
import type { Action } from '../action.ts';
import { cacheClear } from './cache-clear.ts';
import { checkCorrect } from './check-correct.ts';
import { containerActions } from './container-actions.ts';
import { poolReset } from './pool-reset.ts';
import { postgresCloseIdle } from './postgres-close-idle.ts';
import { redisDeleteKeys } from './redis-delete-keys.ts';
import { taskOpen } from './task-open.ts';

export const actions: ReadonlyMap<string, Action> = new Map(
  [checkCorrect, poolReset, cacheClear, postgresCloseIdle, redisDeleteKeys, ...containerActions, taskOpen].map(
    (action) => [action.name, action],
  ),
);
