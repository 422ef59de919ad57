// The fix for a health check that speaks the wrong protocol: the check is wrong, not the service, so nothing is restarted.
import * as z from 'zod';
import { defineAction } from '../action.ts';
import { protocols } from '../target.ts';

const UNAVAILABLE = 'the catalogue can not be changed here';

export const checkCorrect = defineAction({
  name: 'check.correct',
  summary: "Corrects the protocol of a service's health check in the catalogue.",
  parameters: z.strictObject({ protocol: z.enum(protocols).describe('What the service really speaks.') }),
  idempotent: true,
  needsEngine: false,
  needsContainer: false,
  prepare({ protocol }, { catalogue, target }) {
    if (catalogue === undefined) return Promise.resolve({ refused: UNAVAILABLE });
    const before = catalogue.healthCheckOf(target.service);
    if (before === undefined)
      return Promise.resolve({ refused: 'the catalogue has no health check of the service to correct' });
    if (before === protocol) return Promise.resolve({ refused: `its health check asks ${protocol} already` });
    return Promise.resolve({ before: { protocol: before } });
  },
  async run({ params }, { catalogue, target }) {
    if (catalogue === undefined) return { kind: 'failed', reason: UNAVAILABLE };
    const { after } = await catalogue.correctHealthCheck(target.service, params.protocol);
    return { kind: 'done', after: { protocol: after } };
  },
  observe({ params: { protocol } }, { catalogue, target }) {
    if (catalogue === undefined) return Promise.resolve({ kind: 'unknown' });
    return Promise.resolve(
      catalogue.healthCheckOf(target.service) === protocol
        ? { kind: 'applied', after: { protocol } }
        : { kind: 'not_applied' },
    );
  },
  async undo({ params, before }, { catalogue, target }) {
    const { data: protocol } = z.enum(protocols).safeParse(before['protocol']);
    if (catalogue === undefined || protocol === undefined) return { kind: 'failed', reason: UNAVAILABLE };
    const current = catalogue.healthCheckOf(target.service);
    if (current !== params.protocol && current !== protocol) {
      return { kind: 'failed', reason: `its health check asks ${current ?? 'nothing'} now: somebody changed it since` };
    }
    const { after } = await catalogue.correctHealthCheck(target.service, protocol);
    return { kind: 'done', after: { protocol: after } };
  },
});
