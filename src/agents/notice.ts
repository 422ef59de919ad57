// What people and agents are told about, and by whom it is sent on. One message for each group and cause; what comes again
// meanwhile is counted and told in a digest.

export const noticeKinds = [
  'critical_error',
  'fix_failed',
  'approval_needed',
  'delegation_overdue',
  'case_escalated',
  'breaker_open',
  /** To the agent itself. */
  'delegation_opened',
  /** What was held back. */
  'digest',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface Notice {
  readonly companyId: number;
  readonly kind: NoticeKind;
  /** Group and cause: equal keys are one message. */
  readonly key: string;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
  /** One line of ours. */
  readonly title: string;
  readonly service: string;
  /** From errors: untrusted, never markup. */
  readonly message: string;
  /** Names and values to show, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** On the admin page; '' when there is none. */
  readonly path: string;
  readonly atMs: number;
  /** The agent it is for; '' for people. */
  readonly agent: string;
}

export interface Notifier {
  /** Durable when it resolves, for every channel that it concerns; sending follows. Throws STORE_UNAVAILABLE. */
  notify(notice: Notice): Promise<void>;
  /** Newest first. */
  list(query: NotificationQuery): Promise<readonly Notification[]>;
}

/** held: part of the next digest · failed: given up after all tries. */
export const notificationStates = ['pending', 'sent', 'held', 'failed'] as const;
export type NotificationState = (typeof notificationStates)[number];

export interface Notification {
  /** The same in every try: receivers tell repetitions by it. */
  readonly id: string;
  readonly seq: number;
  readonly channel: string;
  readonly state: NotificationState;
  readonly notice: Notice;
  readonly tries: number;
  readonly nextTryAtMs: number | undefined;
  /** The last answer of the receiver, or what went wrong. */
  readonly note: string;
  /** Held: how many more with its key came meanwhile. */
  readonly repeats?: number;
  /** Of a digest: ids of the notifications that it tells. They become sent or failed with it. */
  readonly tells?: readonly string[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface NotificationQuery {
  readonly companyId: number;
  readonly state?: readonly NotificationState[];
  readonly limit: number;
}
