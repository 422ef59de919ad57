import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { healthProtocolOf } from './health-protocol.ts';

export const checkExpected = defineProbe({
  name: 'check.expected',
  summary: 'What the health check of the target asks, by the catalogue and by its HEALTHCHECK. Connects to nothing.',
  parameters: z.strictObject({}),
  facts: {
    protocol: 'that the catalogue lets its health check speak',
    path: 'that it asks for',
    attempted: "the protocol that checks are made in: the catalogue's, else a guess from the HEALTHCHECK",
  },
  needsEngine: false,
  run(_params, { target: { service, container } }) {
    const { healthCheck } = service;
    const attempted = healthCheck?.protocol ?? healthProtocolOf(container?.healthCommand ?? '');
    return Promise.resolve({
      ...(healthCheck === undefined ? {} : { protocol: healthCheck.protocol, path: healthCheck.path }),
      ...(attempted === undefined ? {} : { attempted }),
    });
  },
});
