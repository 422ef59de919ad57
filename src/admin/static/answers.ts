// What the calls answer, from the operations themselves: types only, nothing of them is loaded here.
import type * as z from 'zod';
import type { fixItem } from '../../operations/attempt-view.ts';
import type { delegateError } from '../../operations/delegate-error.ts';
import type { delegationItem, delegationView } from '../../operations/delegation-view.ts';
import type { errorItem } from '../../operations/error-view.ts';
import type { findSimilar } from '../../operations/find-similar.ts';
import type { fixError } from '../../operations/fix-error.ts';
import type { getCaller } from '../../operations/get-caller.ts';
import type { getError } from '../../operations/get-error.ts';
import type { getFix } from '../../operations/get-fix.ts';
import type { getTrends } from '../../operations/get-trends.ts';
import type { groupItem, groupView } from '../../operations/group-view.ts';
import type { listActivity } from '../../operations/list-activity.ts';
import type { listAgents } from '../../operations/list-agents.ts';
import type { listDelegations } from '../../operations/list-delegations.ts';
import type { listErrors } from '../../operations/list-errors.ts';
import type { listFixes } from '../../operations/list-fixes.ts';
import type { listGroups } from '../../operations/list-groups.ts';
import type { listNotifications } from '../../operations/list-notifications.ts';
import type { listReleases } from '../../operations/list-releases.ts';
import type { listRules } from '../../operations/list-rules.ts';
import type { pauseView } from '../../operations/pause-healing.ts';

type Answer<Of extends { readonly output: z.ZodType }> = z.output<Of['output']>;

export type Caller = Answer<typeof getCaller>;
export type PauseState = z.output<typeof pauseView>;

export type ErrorItem = z.output<typeof errorItem>;
export type ErrorAnswer = Answer<typeof getError>;
export type ErrorPage = Answer<typeof listErrors>;
export type GroupItem = z.output<typeof groupItem>;
export type GroupAnswer = z.output<typeof groupView>;
export type GroupPage = Answer<typeof listGroups>;
export type Trends = Answer<typeof getTrends>;
export type ReleasePage = Answer<typeof listReleases>;
export type Release = ReleasePage['releases'][number];
export type Similar = Answer<typeof findSimilar>['similar'][number];

export type FixItem = z.output<typeof fixItem>;
export type FixAnswer = Answer<typeof getFix>;
export type FixPage = Answer<typeof listFixes>;
export type FixStarted = Answer<typeof fixError>;
export type RuleList = Answer<typeof listRules>;

export type DelegationItem = z.output<typeof delegationItem>;
export type DelegationAnswer = z.output<typeof delegationView>;
export type DelegationPage = Answer<typeof listDelegations>;
export type Delegated = Answer<typeof delegateError>;
export type AgentList = Answer<typeof listAgents>;
export type ActivityPage = Answer<typeof listActivity>;
export type MessageList = Answer<typeof listNotifications>;
