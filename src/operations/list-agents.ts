// GET /api/agents: who works on what, since when, and with what success.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import type { AgentStatus, Delegated } from '../agents/agents.ts';
import { priorities } from '../agents/case.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField } from './fields.ts';
import { defineOperation } from './operation.ts';
import { timeOrNull } from './or-null.ts';

const heldView = z.object({
  delegation_id: z.string(),
  error_id: z.string(),
  service: z.string(),
  finding: z.string(),
  priority: z.enum(priorities),
  since: timeView,
  until: timeView.nullable().describe('End of the lease, unless it is renewed.'),
  held_by: z.string().describe('Name of the token.'),
});

const agentView = z.object({
  name: z.string(),
  role: z.string(),
  has_webhook: z.boolean().describe('Delegations are announced to it; otherwise it looks by itself.'),
  works_on: z.array(heldView).describe('Oldest first.'),
  waiting: z.int().describe('Offered to it, and not acknowledged.'),
  last_30_days: z.object({
    reported: z.int(),
    resolved: z.int(),
    expired: z.int(),
    median_report_ms: z.number().nullable().describe('From the offer to the report; null without reports.'),
  }),
  last_seen_at: timeView.nullable().describe('Its last call; null: none that is on record.'),
});

export const listAgents = defineOperation({
  name: 'list-agents',
  summary: 'Lists the agents: what each works on, since when, and with what success.',
  scope: 'read',
  input: z.strictObject({ company_id: companyField }),
  output: z.object({ agents: z.array(agentView).describe('In the order of errata.yaml.') }),
  async run({ agents }, input, principal) {
    return { agents: (await agents.listStatus(companyFor(principal, input.company_id))).map(toAgentView) };
  },
});

function toAgentView(status: AgentStatus): z.output<typeof agentView> {
  const { name, role, webhook } = status.agent;
  return {
    name,
    role,
    has_webhook: webhook !== undefined,
    works_on: status.holds.map(toHeld),
    waiting: status.waiting,
    last_30_days: {
      reported: status.reported,
      resolved: status.resolved,
      expired: status.expired,
      median_report_ms: status.medianReportMs ?? null,
    },
    last_seen_at: timeOrNull(status.lastSeenMs),
  };
}

function toHeld({ delegation, case: about }: Delegated): z.output<typeof heldView> {
  return {
    delegation_id: delegation.id,
    error_id: about.errorId,
    service: about.service,
    finding: about.finding,
    priority: about.priority,
    since: toTime(delegation.acknowledgedAtMs ?? delegation.openedAtMs),
    until: timeOrNull(delegation.dueAtMs),
    held_by: delegation.heldBy,
  };
}
