import type { Action } from '../action.ts';
import { containerMemoryRaise } from './container-memory-raise.ts';
import { containerRestart } from './container-restart.ts';
import { containerStart } from './container-start.ts';
import { containerStop } from './container-stop.ts';

export const containerActions: readonly Action[] = [
  containerRestart,
  containerStart,
  containerStop,
  containerMemoryRaise,
];
