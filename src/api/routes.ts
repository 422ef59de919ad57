// REST is this table: which operation answers where. The seed's five calls keep its own words.
import { acknowledgeDelegation } from '../operations/acknowledge-delegation.ts';
import { approveFix } from '../operations/approve-fix.ts';
import { createBackup } from '../operations/create-backup.ts';
import { delegateError } from '../operations/delegate-error.ts';
import { findSimilar } from '../operations/find-similar.ts';
import { fixError } from '../operations/fix-error.ts';
import { getCaller } from '../operations/get-caller.ts';
import { getDelegation } from '../operations/get-delegation.ts';
import { getError } from '../operations/get-error.ts';
import { getFix } from '../operations/get-fix.ts';
import { getGroup } from '../operations/get-group.ts';
import { getHealing } from '../operations/get-healing.ts';
import { getTrends } from '../operations/get-trends.ts';
import { listActivity } from '../operations/list-activity.ts';
import { listAgents } from '../operations/list-agents.ts';
import { listDelegations } from '../operations/list-delegations.ts';
import { listErrors } from '../operations/list-errors.ts';
import { listFixes } from '../operations/list-fixes.ts';
import { listGroups } from '../operations/list-groups.ts';
import { listNotifications } from '../operations/list-notifications.ts';
import { listReleases } from '../operations/list-releases.ts';
import { listRules } from '../operations/list-rules.ts';
import { logError } from '../operations/log-error.ts';
import type { Operation, StreamOperation } from '../operations/operation.ts';
import { pauseHealing } from '../operations/pause-healing.ts';
import { rejectFix } from '../operations/reject-fix.ts';
import { releaseDelegation } from '../operations/release-delegation.ts';
import { reopenError } from '../operations/reopen-error.ts';
import { reportDelegation } from '../operations/report-delegation.ts';
import { resolveError } from '../operations/resolve-error.ts';
import { rollbackFix } from '../operations/rollback-fix.ts';
import { streamErrors } from '../operations/stream-errors.ts';

interface Placed {
  /** `:name` is the input field of that name; the others come from the query (GET) or the JSON body (POST). */
  readonly path: string;
  /** 202: it goes on after the answer. */
  readonly status: 200 | 201 | 202;
}

export interface AnswerRoute extends Placed {
  readonly method: 'GET' | 'POST';
  readonly operation: Operation;
  /** It takes errors in: what it refuses is counted with the ingest outcomes. */
  readonly ingests?: true;
  /** Path of what was made, for the Location header. */
  readonly location?: (output: unknown) => string;
  /** true: what it would make was there already; answered 200. */
  readonly wasThere?: (output: unknown) => boolean;
}

export interface StreamRoute extends Placed {
  readonly method: 'GET';
  readonly operation: StreamOperation;
}

export type Route = AnswerRoute | StreamRoute;

export const answerRoutes: readonly AnswerRoute[] = [
  {
    method: 'POST',
    path: '/api/errors/log',
    status: 201,
    operation: logError,
    ingests: true,
    location: (output) => `/api/errors/${logError.output.parse(output).id}`,
  },
  { method: 'GET', path: '/api/errors', status: 200, operation: listErrors },
  { method: 'GET', path: '/api/errors/:id', status: 200, operation: getError },
  { method: 'POST', path: '/api/errors/:id/resolve', status: 200, operation: resolveError },
  { method: 'POST', path: '/api/errors/:id/reopen', status: 200, operation: reopenError },
  { method: 'POST', path: '/api/errors/:id/fix', status: 202, operation: fixError },
  { method: 'GET', path: '/api/errors/:id/similar', status: 200, operation: findSimilar },
  { method: 'GET', path: '/api/groups', status: 200, operation: listGroups },
  { method: 'GET', path: '/api/groups/:fingerprint', status: 200, operation: getGroup },
  { method: 'GET', path: '/api/releases', status: 200, operation: listReleases },
  { method: 'GET', path: '/api/trends', status: 200, operation: getTrends },
  { method: 'GET', path: '/api/fixes', status: 200, operation: listFixes },
  { method: 'GET', path: '/api/fixes/:id', status: 200, operation: getFix },
  { method: 'POST', path: '/api/fixes/:id/approve', status: 200, operation: approveFix },
  { method: 'POST', path: '/api/fixes/:id/reject', status: 200, operation: rejectFix },
  { method: 'POST', path: '/api/fixes/:id/rollback', status: 200, operation: rollbackFix },
  { method: 'GET', path: '/api/rules', status: 200, operation: listRules },
  { method: 'GET', path: '/api/healing', status: 200, operation: getHealing },
  { method: 'POST', path: '/api/healing/pause', status: 200, operation: pauseHealing },
  { method: 'POST', path: '/api/backups', status: 201, operation: createBackup },
  { method: 'GET', path: '/api/delegations', status: 200, operation: listDelegations },
  {
    method: 'POST',
    path: '/api/delegations',
    status: 201,
    operation: delegateError,
    wasThere: (output) => !delegateError.output.parse(output).created,
  },
  { method: 'GET', path: '/api/delegations/:id', status: 200, operation: getDelegation },
  { method: 'POST', path: '/api/delegations/:id/ack', status: 200, operation: acknowledgeDelegation },
  { method: 'POST', path: '/api/delegations/:id/report', status: 200, operation: reportDelegation },
  { method: 'POST', path: '/api/delegations/:id/release', status: 200, operation: releaseDelegation },
  { method: 'GET', path: '/api/agents', status: 200, operation: listAgents },
  { method: 'GET', path: '/api/activity', status: 200, operation: listActivity },
  { method: 'GET', path: '/api/notifications', status: 200, operation: listNotifications },
  { method: 'GET', path: '/api/me', status: 200, operation: getCaller },
];

export const streamRoutes: readonly StreamRoute[] = [
  { method: 'GET', path: '/api/stream', status: 200, operation: streamErrors },
];

export const routes: readonly Route[] = [...answerRoutes, ...streamRoutes];
