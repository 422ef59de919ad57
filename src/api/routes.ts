// REST is this table: which operation answers where. Paths and the seed's five calls are in SEED.md's own words.
import type { Operation, StreamOperation } from '../operations/operation.ts';
import { getError } from '../operations/get-error.ts';
import { listErrors } from '../operations/list-errors.ts';
import { logError } from '../operations/log-error.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `:name` is the input field of that name; the others come from the query (GET) or the JSON body (POST). */
  readonly path: string;
  readonly status: 200 | 201;
  readonly operation: Operation | StreamOperation;
  /** Path of what was made, for the Location header. */
  readonly location?: (output: unknown) => string;
}

export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/errors/log',
    status: 201,
    operation: logError,
    location: (output) => `/api/errors/${logError.output.parse(output).id}`,
  },
  { method: 'GET', path: '/api/errors', status: 200, operation: listErrors },
  { method: 'GET', path: '/api/errors/:id', status: 200, operation: getError },
];
