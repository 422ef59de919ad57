// GET /api/errors/:id: everything about one error, and where to look next: its group, why it is in it, its trace.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isUuid } from './cursor.ts';
import { errorView, timeView, toErrorView, toTime } from './error-view.ts';
import { companyField, idField } from './fields.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';
import { toWhy, why } from './group-view.ts';

/** A trace with more errors than this is told by its first ones. */
const MAX_NEIGHBOURS = 50;

const neighbour = z.object({
  id: z.uuid(),
  timestamp: timeView,
  service: z.string(),
  severity: z.string(),
  message: z.string(),
  link: z.string().describe('Where to get it.'),
});

export const getError = defineOperation({
  name: 'get-error',
  summary: 'Gets one error with its group, why it is in that group, and the other errors of its trace.',
  scope: 'read',
  input: z.strictObject({ id: idField, company_id: companyField }),
  output: errorView.extend({
    group: z
      .object({
        fingerprint: z.string(),
        count: z.int(),
        first_seen: timeView,
        last_seen: timeView,
        regressed: z.boolean(),
        resolved: z.boolean(),
        link: z.string(),
      })
      .nullable(),
    why,
    trace: z.array(neighbour).describe('Other errors with the same trace id, oldest first.'),
  }),
  async run({ store }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const error = isUuid(id) ? await store.getError(companyId, id) : undefined;
    if (error === undefined) throw noSuchError();
    const [group, neighbours] = await Promise.all([
      store.getGroup(companyId, error.fingerprint),
      error.traceId === ''
        ? []
        : store.listTraceNeighbours(companyId, error.traceId, { exceptId: id, limit: MAX_NEIGHBOURS }),
    ]);
    return {
      ...toErrorView(error),
      group:
        group === undefined
          ? null
          : {
              fingerprint: group.fingerprint,
              count: group.count,
              first_seen: toTime(group.firstSeenMs),
              last_seen: toTime(group.lastSeenMs),
              regressed: group.regressed,
              resolved: group.resolved,
              link: `/api/groups/${group.fingerprint}`,
            },
      why: toWhy(error.grouping),
      trace: neighbours.map((other) => ({
        id: other.id,
        timestamp: toTime(other.timestampMs),
        service: other.service,
        severity: other.severity,
        message: other.message,
        link: `/api/errors/${other.id}`,
      })),
    };
  },
});
