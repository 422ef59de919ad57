// Nothing that a machine should change: the attempt itself carries the task to an agent.
import * as z from 'zod';
import { defineAction } from '../action.ts';

export const taskOpen = defineAction({
  name: 'task.open',
  summary: 'Opens a task for an agent. Changes nothing by itself.',
  parameters: z.strictObject({
    to: z.string().min(1).max(100).describe('Agent of the roster.'),
    title: z.string().min(1).max(200).describe('What is to be done, in one line.'),
  }),
  idempotent: true,
  needsEngine: false,
  needsContainer: false,
  prepare: () => Promise.resolve({ before: {} }),
  run: ({ params: { to, title } }) => Promise.resolve({ kind: 'done', after: { to, title } }),
  // The task is where its step is written, so a step that is there has opened it.
  observe: ({ params: { to, title } }) => Promise.resolve({ kind: 'applied', after: { to, title } }),
});
