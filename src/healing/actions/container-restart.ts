// container.restart: one call that the engine carries out to its end without us, but not without itself: killed between
// stop and start it leaves the container down. Then observe says partial, and complete starts it.
import * as z from 'zod';
import { defineAction } from '../action.ts';
import type { Container } from '../target.ts';
import { currentContainer, engineOf, idOf, toRan } from './container-identity.ts';
import { STOP_SLACK_MS, watchContainer } from './container-watch.ts';

const parameters = z.strictObject({
  /** ms until SIGKILL. */
  stop_timeout: z.int().min(0).max(600_000).default(10_000),
});

/** Between die and start the engine needs a few hundred ms; down for longer than this, it is not at it any more. */
const DOWN_MS = 3_000;

const restartable: readonly Container['status'][] = ['running', 'restarting', 'exited', 'created'];

export const containerRestart = defineAction<typeof parameters>({
  name: 'container.restart',
  summary: 'Restarts the container',
  parameters,
  idempotent: false,
  needsEngine: true,
  needsContainer: true,

  async prepare(_params, context) {
    const container = await currentContainer(context);
    if (typeof container === 'string') return { refused: container };
    // Paused is what somebody wanted.
    if (!restartable.includes(container.status)) return { refused: `the container is ${container.status}` };
    const { id, startedAt, finishedAt, status } = container;
    return { before: { id, started_at: startedAt, finished_at: finishedAt, status } };
  },

  async run({ params, before }, context) {
    return toRan(await engineOf(context).restart(idOf(before), Math.ceil(params.stop_timeout / 1000)));
  },

  async observe({ params, before, atMs }, context) {
    const overAtMs = atMs + params.stop_timeout + STOP_SLACK_MS;
    let downSinceMs: number | undefined;
    return watchContainer(idOf(before), context, ({ startedAt, finishedAt, status }) => {
      // Compared with what the engine said before, not with our clock, which may differ from the engine's. Down again since
      // is not half done: it fell over, or somebody stopped it, and a start of ours would undo that.
      if (startedAt !== before['started_at'] && status !== 'restarting') {
        return { kind: 'applied', after: { started_at: startedAt, status } };
      }
      const now = context.now();
      if (status === 'exited' && finishedAt !== before['finished_at']) {
        downSinceMs ??= now;
        return now >= overAtMs || now - downSinceMs >= DOWN_MS ? { kind: 'partial' } : undefined;
      }
      downSinceMs = undefined;
      return now >= overAtMs ? { kind: 'not_applied' } : undefined;
    });
  },

  async complete({ before }, context) {
    return toRan(await engineOf(context).start(idOf(before)));
  },
});
