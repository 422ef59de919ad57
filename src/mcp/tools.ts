// The tools, in the order in which they are always listed: clients cache what they were told.
import type { Tool } from './tool.ts';
import { agentsDelegate } from './tools/agents-delegate.ts';
import { agentsInbox } from './tools/agents-inbox.ts';
import { agentsReport } from './tools/agents-report.ts';
import { errorsFix } from './tools/errors-fix.ts';
import { errorsGet } from './tools/errors-get.ts';
import { errorsGroups } from './tools/errors-groups.ts';
import { errorsList } from './tools/errors-list.ts';
import { errorsPlan } from './tools/errors-plan.ts';
import { errorsResolve } from './tools/errors-resolve.ts';
import { errorsSearch } from './tools/errors-search.ts';
import { errorsSimilar } from './tools/errors-similar.ts';
import { errorsTrends } from './tools/errors-trends.ts';
import { fixesHistory } from './tools/fixes-history.ts';
import { fixesRollback } from './tools/fixes-rollback.ts';
import { rulesList } from './tools/rules-list.ts';

export const tools: readonly Tool[] = [
  errorsList,
  errorsFix,
  errorsGroups,
  errorsGet,
  errorsSearch,
  errorsTrends,
  errorsSimilar,
  errorsPlan,
  errorsResolve,
  fixesHistory,
  fixesRollback,
  rulesList,
  agentsInbox,
  agentsDelegate,
  agentsReport,
];
