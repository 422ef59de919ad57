// container.start: starting what runs is no fault (304), so it may be repeated.
import * as z from 'zod';
import { defineAction } from '../action.ts';
import { currentContainer, engineOf, idOf, toRan } from './container-identity.ts';
import { watchContainer } from './container-watch.ts';

const parameters = z.strictObject({});

export const containerStart = defineAction<typeof parameters>({
  name: 'container.start',
  summary: 'Starts the container',
  parameters,
  idempotent: true,
  needsEngine: true,
  needsContainer: true,

  async prepare(_params, context) {
    const container = await currentContainer(context);
    if (typeof container === 'string') return { refused: container };
    const { id, startedAt, status } = container;
    if (status !== 'exited' && status !== 'created') return { refused: `the container is ${status}` };
    return { before: { id, started_at: startedAt, status } };
  },

  async run({ before }, context) {
    return toRan(await engineOf(context).start(idOf(before)));
  },

  async observe({ before }, context) {
    return watchContainer(idOf(before), context, ({ startedAt, status }) =>
      status === 'running' ? { kind: 'applied', after: { started_at: startedAt, status } } : { kind: 'not_applied' },
    );
  },
});
