// POST /api/errors/log: an error from a caller that speaks no OpenTelemetry. Answered when it is durable and readable.
import * as z from 'zod';
import { companyFor, MAX_COMPANY } from '../access/principal.ts';
import type { Principal } from '../access/principal.ts';
import { errorTypes, severities } from '../errors/error-event.ts';
import type { Details } from '../errors/error-event.ts';
import { Failure } from '../failure.ts';
import { errorView, toErrorView } from './error-view.ts';
import { nameField } from './fields.ts';
import { isShallow } from './json-depth.ts';
import { defineOperation } from './operation.ts';

/** Deeper details than this are an attack or a bug: walking them would exhaust the call stack. */
const MAX_DEPTH = 32;

const details = z
  .record(z.string(), z.unknown(), { error: 'must be an object' })
  .refine((value) => isShallow(value, MAX_DEPTH), { error: `must not nest deeper than ${MAX_DEPTH}`, abort: true });

export const logError = defineOperation({
  name: 'log-error',
  summary: 'Logs one error; the answer is the error as it is stored, redacted and grouped.',
  scope: 'write',
  input: z.strictObject({
    service: nameField,
    severity: z.enum(severities),
    error_type: z.enum(errorTypes).optional().describe('Found out from the message and type when not given.'),
    message: z.string().min(1),
    details: details.default({}),
    stack_trace: z.string().optional(),
    timestamp: z.iso.datetime({ offset: true }).optional().describe('When it happened; now when not given.'),
    exception_type: nameField.optional(),
    handled: z.boolean().optional(),
    environment: nameField.optional(),
    release: nameField.optional(),
    host: nameField.optional(),
    container_id: nameField.optional(),
    trace_id: z
      .string()
      .regex(/^[0-9a-fA-F]{32}$/, { error: 'must be 32 hex characters' })
      .optional(),
    span_id: z
      .string()
      .regex(/^[0-9a-fA-F]{16}$/, { error: 'must be 16 hex characters' })
      .optional(),
    id: z.uuid().optional().describe('Chosen by the caller: then a repeated call stores nothing new.'),
    company_id: z.int().min(1).max(MAX_COMPANY).optional().describe('Only for tokens that serve all companies.'),
  }),
  output: errorView,
  async run({ store, makeError, now, newId }, input, principal) {
    const companyId = writtenCompany(principal, input.company_id);
    const made = makeError(
      {
        timestampMs: input.timestamp === undefined ? undefined : Date.parse(input.timestamp),
        service: input.service,
        severity: input.severity,
        errorType: input.error_type,
        message: input.message,
        // JSON by origin: both doors parse their input from it.
        details: input.details as Details,
        stackTrace: input.stack_trace,
        exceptionType: input.exception_type,
        handled: input.handled,
        environment: input.environment,
        release: input.release,
        host: input.host,
        containerId: input.container_id,
        traceId: input.trace_id?.toLowerCase(),
        spanId: input.span_id?.toLowerCase(),
      },
      { companyId, nowMs: now(), newId },
    );
    const event = input.id === undefined ? made : { ...made, id: input.id.toLowerCase(), timeMoves: true as const };
    const { stored } = await store.insert([event]);
    store.countOutcome({
      companyId,
      signal: 'api',
      outcome: stored > 0 ? 'stored' : 'duplicate',
      reason: '',
      count: 1,
    });
    const error = await store.getError(companyId, event.id);
    if (error === undefined) throw new Failure('STORE_UNAVAILABLE', 'the error was stored but could not be read back');
    return toErrorView(error);
  },
});

/** A read answers for the token's own company whatever was asked; a write that names another one is a mistake to be told. */
function writtenCompany(principal: Principal, asked: number | undefined): number {
  const companyId = companyFor(principal, asked);
  if (asked !== undefined && asked !== companyId) {
    throw new Failure('FORBIDDEN', 'this token may not write for other companies than its own', {
      field: 'company_id',
    });
  }
  return companyId;
}
