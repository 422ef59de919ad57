// GET /api/errors/:id/similar: past groups that look alike, what put them right, and whether that held.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { outcomes } from '../healing/attempt.ts';
import type { Attempt, Outcome } from '../healing/attempt.ts';
import type { Healing } from '../healing/healing.ts';
import type { SimilarGroup } from '../store/agent-store.ts';
import { isUuid } from './cursor.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, idField } from './fields.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';
import { timeOrNull } from './or-null.ts';

/** Each costs a question for its fixes; and what is less alike than these teaches nothing. */
const MAX_SIMILAR = 20;
const DEFAULT_SIMILAR = 5;

/** Ended attempts may have changed nothing (expired, rejected): one that did is found among this many. */
const LOOKED_AT = 20;

/** What an attempt that changed something may have ended with. */
const ACTED: readonly Outcome[] = [
  'succeeded',
  'ineffective',
  'inconclusive',
  'worse',
  'failed',
  'rolled_back',
  'relapsed',
  'escalated',
];

const similarView = z.object({
  score: z.number().describe('0 to 1: same type, shared frames, shared words.'),
  fingerprint: z.string(),
  error_id: z.string().describe('Its newest error.'),
  service: z.string(),
  exception_type: z.string(),
  message: z.string(),
  count: z.int(),
  last_seen: timeView,
  resolved: z.boolean(),
  resolution_notes: z.string().nullable(),
  resolved_at: timeView.nullable(),
  fix: z
    .object({
      id: z.string(),
      rule_id: z.string(),
      finding: z.string(),
      outcome: z.enum(outcomes).nullable(),
      acted_at: timeView,
    })
    .nullable()
    .describe('The last one that changed something; null: none did.'),
  held: z.boolean().nullable().describe('Whether it did not come back after it was put right; null: it never was.'),
});

export const findSimilar = defineOperation({
  name: 'find-similar',
  summary: 'Finds groups that look like the group of an error, with what put them right and whether it held.',
  scope: 'read',
  input: z.strictObject({
    id: idField,
    resolved_only: z.boolean().default(false),
    limit: z.int().min(1).max(MAX_SIMILAR).default(DEFAULT_SIMILAR),
    company_id: companyField,
  }),
  output: z.object({ similar: z.array(similarView).describe('The most alike first.') }),
  async run({ store, healing }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const error = isUuid(id) ? await store.getError(companyId, id) : undefined;
    if (error === undefined) throw noSuchError();
    const groups = await store.findSimilar(companyId, error.fingerprint, {
      resolvedOnly: input.resolved_only,
      limit: input.limit,
    });
    return {
      similar: await Promise.all(
        (groups ?? []).map(async (group) => toView(group, await lastFix(healing, companyId, group.fingerprint))),
      ),
    };
  },
});

async function lastFix(healing: Healing, companyId: number, fingerprint: string): Promise<Attempt | undefined> {
  const attempts = await healing.listAttempts({ companyId, fingerprint, outcome: ACTED, limit: LOOKED_AT });
  return attempts.find(({ actedAtMs }) => actedAtMs > 0);
}

function toView(group: SimilarGroup, fix: Attempt | undefined): z.output<typeof similarView> {
  return {
    score: group.score,
    fingerprint: group.fingerprint,
    error_id: group.errorId,
    service: group.service,
    exception_type: group.exceptionType,
    message: group.message,
    count: group.count,
    last_seen: toTime(group.lastSeenMs),
    resolved: group.resolved,
    resolution_notes: group.resolutionNotes ?? null,
    resolved_at: timeOrNull(group.resolvedAtMs),
    fix:
      fix === undefined
        ? null
        : {
            id: fix.id,
            rule_id: fix.ruleId,
            finding: fix.finding,
            outcome: fix.outcome ?? null,
            acted_at: toTime(fix.actedAtMs),
          },
    held: hasHeld(group, fix),
  };
}

/** A person's word that it is resolved weighs more than what a fix had come to. */
function hasHeld({ resolved, regressed }: SimilarGroup, fix: Attempt | undefined): boolean | null {
  if (regressed) return false;
  if (resolved || fix?.outcome === 'succeeded') return true;
  return fix?.outcome === 'relapsed' ? false : null;
}
