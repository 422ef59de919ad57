import * as z from 'zod';
import { defineProbe } from '../probe.ts';

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const durationField = z
  .string()
  .regex(/^[1-9]\d{0,5}(?:ms|s|m|h|d)$/)
  .transform((text) => parseInt(text, 10) * unitsMs[text.replace(/\d+/, '') as keyof typeof unitsMs]);

export const errorsRate = defineProbe({
  name: 'errors.rate',
  summary: "Errors per minute that the target's service reported, now and before.",
  parameters: z.strictObject({
    within: durationField.default(300_000).describe('What counts as now. Default `5m`.'),
    compare: durationField.default(3_600_000).describe('The time before that. Default `1h`.'),
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
