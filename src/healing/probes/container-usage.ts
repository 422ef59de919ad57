import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { containerOf } from './target-container.ts';

export const containerUsage = defineProbe({
  name: 'container.usage',
  summary: "Memory and CPU that the target's container uses.",
  parameters: z.strictObject({}),
  facts: {
    memory_bytes: 'memory in use',
    memory_ratio: 'memory in use of its limit; missing without a limit',
    cpu: 'CPUs in use: 0.5 is half of one',
  },
  needsEngine: true,
  async run(_params, context) {
    const found = containerOf(context);
    const usage = await found?.engine.usage(found.container.id);
    if (found === undefined || usage === undefined) return {};
    const { memoryBytes, memoryLimitBytes, cpu } = usage;
    // Without a limit the engine names the machine's memory.
    const hasLimit = found.container.memoryBytes > 0 && memoryLimitBytes > 0;
    return {
      memory_bytes: memoryBytes,
      ...(hasLimit ? { memory_ratio: memoryBytes / memoryLimitBytes } : {}),
      cpu,
    };
  },
});
