// container.stop: stopping what is stopped is no fault (304). Undone by a start.
import * as z from 'zod';
import { defineAction } from '../action.ts';
import { currentContainer, engineOf, idOf, toRan } from './container-identity.ts';
import { STOP_SLACK_MS, watchContainer } from './container-watch.ts';

const parameters = z.strictObject({
  /** ms until SIGKILL. */
  stop_timeout: z.int().min(0).max(600_000).default(10_000),
});

export const containerStop = defineAction<typeof parameters>({
  name: 'container.stop',
  summary: 'Stops the container',
  parameters,
  idempotent: true,
  needsEngine: true,
  needsContainer: true,

  async prepare(_params, context) {
    const container = await currentContainer(context);
    if (typeof container === 'string') return { refused: container };
    const { id, startedAt, status } = container;
    if (status !== 'running' && status !== 'restarting') return { refused: `the container is ${status}` };
    return { before: { id, started_at: startedAt, status } };
  },

  async run({ params, before }, context) {
    return toRan(await engineOf(context).stop(idOf(before), Math.ceil(params.stop_timeout / 1000)));
  },

  async observe({ params, before, atMs }, context) {
    const overAtMs = atMs + params.stop_timeout + STOP_SLACK_MS;
    return watchContainer(idOf(before), context, ({ finishedAt, status }) => {
      if (status === 'exited' || status === 'dead')
        return { kind: 'applied', after: { finished_at: finishedAt, status } };
      return context.now() >= overAtMs ? { kind: 'not_applied' } : undefined;
    });
  },

  async undo({ before }, context) {
    return toRan(await engineOf(context).start(idOf(before)));
  },
});
