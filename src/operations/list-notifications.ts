// GET /api/notifications: whom was told what, newest first; what could not be sent stands here with its reason.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { noticeKinds, notificationStates } from '../agents/notice.ts';
import type { Notification } from '../agents/notice.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, pageFields } from './fields.ts';
import { given } from './given.ts';
import { oneOrMore } from './one-or-more.ts';
import { defineOperation } from './operation.ts';
import { textOrNull, timeOrNull } from './or-null.ts';

const notificationView = z.object({
  id: z.string().describe('The same in every try: receivers tell repetitions by it.'),
  channel: z.string().describe('Name of the channel, or of the agent whose webhook it is.'),
  state: z.enum(notificationStates).describe('held: part of the next digest; failed: given up.'),
  kind: z.enum(noticeKinds),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  title: z.string(),
  service: z.string(),
  message: z.string().describe('Of an error.'),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  agent: z.string().nullable().describe('The agent it is for; null: people.'),
  tries: z.int(),
  next_try_at: timeView.nullable(),
  note: z.string().describe('The last answer of the receiver, or what went wrong.'),
  created_at: timeView,
  updated_at: timeView,
});

export const listNotifications = defineOperation({
  name: 'list-notifications',
  summary: 'Lists the messages to channels and agents, newest first, with those that could not be sent.',
  scope: 'read',
  input: z.strictObject({
    state: oneOrMore(z.enum(notificationStates)).optional().describe('One state or several.'),
    limit: pageFields.limit,
    company_id: companyField,
  }),
  output: z.object({ notifications: z.array(notificationView) }),
  async run({ notifier }, input, principal) {
    const notifications = await notifier.list({
      companyId: companyFor(principal, input.company_id),
      ...given({ state: input.state === undefined ? undefined : [input.state].flat() }),
      limit: input.limit,
    });
    return { notifications: notifications.map(toView) };
  },
});

function toView({ notice, ...sent }: Notification): z.output<typeof notificationView> {
  return {
    id: sent.id,
    channel: sent.channel,
    state: sent.state,
    kind: notice.kind,
    severity: notice.severity,
    title: notice.title,
    service: notice.service,
    message: notice.message,
    fields: notice.fields.map(([name, value]) => ({ name, value })),
    agent: textOrNull(notice.agent),
    tries: sent.tries,
    next_try_at: timeOrNull(sent.nextTryAtMs),
    note: sent.note,
    created_at: toTime(sent.createdAtMs),
    updated_at: toTime(sent.updatedAtMs),
  };
}
