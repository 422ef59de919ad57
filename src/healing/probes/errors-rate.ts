import * as z from 'zod';
import { duration } from '../durations.ts';
import { defineProbe } from '../probe.ts';

const durationField = duration('1s', '7d');

export const errorsRate = defineProbe({
  name: 'errors.rate',
  summary: "Errors per minute that the target's service reported, now and before.",
  parameters: z.strictObject({
    within: durationField.prefault('5m').describe('What counts as now. Default `5m`.'),
    compare: durationField.prefault('1h').describe('The time before that. Default `1h`.'),
  }),
  facts: {
    now: 'errors per minute within the last `within`',
    before: 'errors per minute in the `compare` before that',
    factor: 'now / before; without any error before, as if there had been one',
  },
  needsEngine: false,
  async run({ within, compare }, { target, errors, now }) {
    const toMs = now();
    const query = { companyId: target.service.company, service: target.service.name };
    const recent = await errors.countErrors({ ...query, fromMs: toMs - within, toMs });
    const earlier = await errors.countErrors({ ...query, fromMs: toMs - within - compare, toMs: toMs - within });
    const perMinute = (count: number, overMs: number): number => (count * 60_000) / overMs;
    return {
      now: perMinute(recent, within),
      before: perMinute(earlier, compare),
      factor: (recent * compare) / (Math.max(1, earlier) * within),
    };
  },
});
