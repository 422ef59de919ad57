// Tells people and agents what happened, each on the channels that it concerns: durable first, then sent, tried again and
// digested by one lane per channel. One processor at a time runs it on a store: that which heals.
import { Failure } from '../failure.ts';
import { createClock } from '../healing/clock.ts';
import type { Clock } from '../healing/clock.ts';
import type { Metrics } from '../metrics.ts';
import type { Channel, ChannelDeps, ChannelSettings } from './channel.ts';
import { createEmail } from './channels/email.ts';
import { toBounded } from './channels/notice-text.ts';
import { createPagerDuty } from './channels/pagerduty.ts';
import { createSlack } from './channels/slack.ts';
import { createWebhook } from './channels/webhook.ts';
import { QUIET_MS } from './hold-back.ts';
import { createLane } from './lane.ts';
import type { Lane } from './lane.ts';
import type { Notice, Notification, NotificationQuery, Notifier } from './notice.ts';
import { createNotificationLog, toNotification } from './notification-log.ts';
import type { NotificationStore } from './notification-log.ts';
import type { Logger } from './outbox.ts';
import type { Agent } from './roster.ts';

export interface NotifierSettings {
  readonly channels: readonly ChannelSettings[];
  readonly roster: readonly Agent[];
  /** Without a slash at the end; undefined: messages have no links. */
  readonly publicUrl: string | undefined;
}

export interface NotifierDeps {
  readonly store: NotificationStore;
  readonly secret: (reference: string) => string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

export interface RunningNotifier extends Notifier {
  /** Takes up what was left, in the background: while the store is away it waits for it. */
  start(): Promise<void>;
  /** What is being sent may end within the deadline; everything else is taken up by the next start. */
  stop(deadlineMs: number): Promise<void>;
}

/** Of those that were left, the newest. A store with more of them has had a dead receiver for weeks. */
const MAX_LEFT = 10_000;
/** Messages of the last hour: far more than the rates of all channels allow. */
const MAX_RECENT = 20_000;

const RETRY_LOAD_MS = 2_000;
const LOOK_FOR_DIGESTS_MS = 15_000;

/** What was broken off ends at once, unless the store hangs. */
const UNWIND_MS = 500;

interface Route {
  readonly lane: Lane;
  readonly isFor: (notice: Notice) => boolean;
}

export function createNotifier(settings: NotifierSettings, deps: NotifierDeps): RunningNotifier {
  const { store, clock, logger } = deps;
  const stopping = new AbortController();
  const log = createNotificationLog({ store, now: clock.now, newId: deps.newId });
  const channelDeps = { secret: deps.secret, now: clock.now, publicUrl: settings.publicUrl };
  const routes = routesOf(settings, channelDeps, laneMaker(deps, log));
  const lanes = routes.map(({ lane }) => lane);
  let loading: Promise<void> | undefined;
  let working: Promise<unknown> | undefined;

  /** Once; again when it failed. */
  function load(): Promise<void> {
    loading ??= readLeft().catch((cause: unknown) => {
      loading = undefined;
      throw cause;
    });
    return loading;
  }

  async function readLeft(): Promise<void> {
    const list = async (filter: Omit<Parameters<NotificationStore['listNotifications']>[0], 'companyId'>) =>
      (await store.listNotifications(filter)).map(toNotification).reverse();
    const createdSinceMs = clock.now() - QUIET_MS;
    const [pending, held, recent] = await Promise.all([
      list({ state: ['pending'], limit: MAX_LEFT }),
      list({ state: ['held'], limit: MAX_LEFT }),
      list({ createdSinceMs, limit: MAX_RECENT }),
    ]);
    for (const [count, state] of [
      [pending.length, 'pending'],
      [held.length, 'held'],
    ] as const)
      if (count === MAX_LEFT) logger.error({ state, count }, 'of the notifications that were left, the oldest stay so');
    const open = [...pending, ...held];
    await giveUp(open.filter(({ channel }) => lanes.every((lane) => lane.channel !== channel)));
    for (const lane of lanes) {
      const mine = ({ channel }: Notification) => channel === lane.channel;
      lane.restore(open.filter(mine), recent.filter(mine));
    }
  }

  async function giveUp(orphans: readonly Notification[]): Promise<void> {
    for (const orphan of orphans) {
      const note = 'its channel is not in errata.yaml any more';
      logger.error({ channel: orphan.channel, notification: orphan.id, note }, 'a notification was given up');
      await log.advance(orphan, { state: 'failed', note, nextTryAtMs: undefined });
    }
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await load();
        break;
      } catch (cause) {
        logger.warn({ err: cause }, 'notifications wait for the store');
        await clock.sleep(RETRY_LOAD_MS, stopping.signal);
      }
    }
    if (!stopping.signal.aborted) await Promise.all([...lanes.map((lane) => lane.run()), tellDigests()]);
  }

  async function tellDigests(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const lane of lanes) await lane.tellDue();
      await clock.sleep(LOOK_FOR_DIGESTS_MS, stopping.signal);
    }
  }

  return {
    notify: async (notice) => {
      if (stopping.signal.aborted) throw new Failure('STOPPING', 'notices are not taken any more');
      await load();
      const bounded = toBounded(notice);
      const concerned = routes.filter(({ isFor }) => isFor(bounded));
      await Promise.all(concerned.map(({ lane }) => lane.accept(bounded)));
    },
    list: async ({ companyId, state, limit }: NotificationQuery) =>
      (await store.listNotifications({ companyId, ...(state === undefined ? {} : { state }), limit })).map(
        toNotification,
      ),
    start: async () => {
      working ??= work();
    },
    stop: async (deadlineMs) => {
      stopping.abort();
      for (const lane of lanes) lane.stop();
      await within(deadlineMs, working);
      for (const lane of lanes) lane.cut();
      await within(UNWIND_MS, working);
    },
  };
}

/** Resolves when the work is done, or the time is over. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  const over = new AbortController();
  const timer = createClock(Date.now).sleep(ms, over.signal);
  await Promise.race([work?.finally(() => over.abort()), timer]);
}

function laneMaker(
  { clock, logger, metrics }: NotifierDeps,
  log: ReturnType<typeof createNotificationLog>,
): (channel: Channel) => Lane {
  const outcomes = metrics?.counter('errata_notifications_total', 'Notifications, by channel and what came of a try.');
  const waiting: Lane[] = [];
  metrics?.watch('errata_notifications_waiting', 'Notifications that wait to be sent.', () =>
    waiting.reduce((sum, lane) => sum + lane.waiting(), 0),
  );
  return (channel) => {
    const count = (outcome: string) => outcomes?.add(1, { channel: channel.name, outcome });
    const lane = createLane(channel, { log, clock, logger, count });
    waiting.push(lane);
    return lane;
  };
}

/** Agents are told what is theirs and nothing else; people never what is an agent's. */
function routesOf(settings: NotifierSettings, deps: ChannelDeps, laneOf: (channel: Channel) => Lane): readonly Route[] {
  const people = settings.channels.map((channel): Route => {
    const { kinds, company } = channel;
    const isFor = (notice: Notice) =>
      notice.agent === '' && kinds.includes(notice.kind) && (company === undefined || company === notice.companyId);
    return { lane: laneOf(toChannel(channel, deps)), isFor };
  });
  const agents = settings.roster.flatMap(({ name, webhook }): readonly Route[] =>
    webhook === undefined
      ? []
      : [
          {
            lane: laneOf(createWebhook({ name: `agent:${name}`, ...webhook }, deps)),
            isFor: (notice) => notice.agent === name,
          },
        ],
  );
  return [...people, ...agents];
}

function toChannel(settings: ChannelSettings, deps: ChannelDeps): Channel {
  switch (settings.type) {
    case 'webhook':
      return createWebhook(settings, deps);
    case 'slack':
      return createSlack(settings, deps);
    case 'pagerduty':
      return createPagerDuty(settings, deps);
    case 'email':
      return createEmail(settings, deps);
  }
}
