// container.memory.raise: the wanted bytes are decided once, in prepare: repeating it never raises further. Only where a
// limit exists, as the engine can't take one away again. It lasts until the container is created anew from its file.
import * as z from 'zod';
import { type ActionContext, type Ran, defineAction } from '../action.ts';
import { currentContainer, engineOf, idOf, toRan } from './container-identity.ts';
import { watchContainer } from './container-watch.ts';

const MIB = 1024 * 1024;

const parameters = z.strictObject({
  factor: z.number().gt(1).max(10).default(1.5),
  /** Bytes that it is never raised above. */
  cap: z.int().positive(),
  /** Bytes of the machine that limits must leave free. */
  host_reserve: z
    .int()
    .min(0)
    .default(512 * MIB),
});

export const containerMemoryRaise = defineAction<typeof parameters>({
  name: 'container.memory.raise',
  summary: "Raises the container's memory limit",
  parameters,
  idempotent: true,
  needsEngine: true,
  needsContainer: true,

  async prepare({ factor, cap, host_reserve }, context) {
    const container = await currentContainer(context);
    if (typeof container === 'string') return { refused: container };
    const { id, memoryBytes, memorySwapBytes } = container;
    if (memoryBytes === 0) return { refused: 'the container has no memory limit' };
    if (memoryBytes >= cap) return { refused: `the cap of ${mebibytes(cap)} is reached` };
    const wanted = Math.min(Math.round(memoryBytes * factor), cap);
    const { totalBytes, limitsBytes } = await engineOf(context).hostMemory();
    if (totalBytes - (limitsBytes + wanted - memoryBytes) < host_reserve) {
      return { refused: `the host reserve of ${mebibytes(host_reserve)} would be touched` };
    }
    return {
      before: {
        id,
        memory_bytes: memoryBytes,
        memory_swap_bytes: memorySwapBytes,
        wanted_bytes: wanted,
        wanted_swap_bytes: swapOf(memorySwapBytes, memoryBytes, wanted),
      },
    };
  },

  async run({ before }, context) {
    return setMemory(context, idOf(before), [before['wanted_bytes'], before['wanted_swap_bytes']]);
  },

  async observe({ before }, context) {
    // The engine answers 200 also to what it ignores.
    return watchContainer(idOf(before), context, ({ memoryBytes, memorySwapBytes }) =>
      memoryBytes === before['wanted_bytes']
        ? { kind: 'applied', after: { memory_bytes: memoryBytes, memory_swap_bytes: memorySwapBytes } }
        : { kind: 'not_applied' },
    );
  },

  async undo({ before }, context) {
    const wanted = before['memory_bytes'];
    const found = await engineOf(context).inspect(idOf(before));
    if (found === undefined) return GONE;
    if (found.memoryBytes === wanted) return { kind: 'done', after: { memory_bytes: wanted } };
    if (found.memoryBytes !== before['wanted_bytes']) {
      return { kind: 'failed', reason: `the limit is ${mebibytes(found.memoryBytes)} now: somebody changed it since` };
    }
    const ran = await setMemory(context, idOf(before), [wanted, before['memory_swap_bytes']]);
    if (ran.kind !== 'done') return ran;
    const container = await engineOf(context).inspect(idOf(before));
    if (container === undefined) return GONE;
    if (container.memoryBytes !== wanted) return { kind: 'failed', reason: 'the engine kept the raised limit' };
    return { kind: 'done', after: { memory_bytes: wanted } };
  },
});

const GONE = { kind: 'failed', reason: 'superseded: the container is gone' } as const;

async function setMemory(context: ActionContext, id: string, [memory, swap]: readonly unknown[]): Promise<Ran> {
  return toRan(await engineOf(context).setMemory(id, Number(memory), Number(swap)));
}

/** Memory and swap together: as much swap as before. -1: unlimited. 0, never said: the engine's own, as much as memory. */
function swapOf(swap: number, memory: number, wanted: number): number {
  if (swap === 0) return 2 * wanted;
  return swap < 0 ? -1 : wanted + Math.max(0, swap - memory);
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
