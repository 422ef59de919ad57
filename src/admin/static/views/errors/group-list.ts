// Groups: one row for each cause, with how often it came in the last day.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../../api-client.ts';
import type { GroupItem, GroupPage, Trends } from '../../answers.ts';
import { nowMs } from '../../clock.ts';
import { html } from '../../html.ts';
import { hearErrors } from '../../live.ts';
import { useEvery, useLoad } from '../../load.ts';
import { SeverityIcon } from '../../parts/mark.ts';
import { Rows } from '../../parts/rows.ts';
import { Sparkline } from '../../parts/sparkline.ts';
import { Show } from '../../parts/states.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo, route } from '../../route.ts';
import { company } from '../../session.ts';
import { tellArrived } from '../../toast.ts';
import { asked, resolution } from './changes.ts';
import { EmptyFeed } from './empty-feed.ts';
import { isShown, toQuery } from './filters.ts';
import type { Filters } from './filters.ts';
import { useHold } from './held-list.ts';
import { useRowHeight } from './row-height.ts';
import { hourlyCounts } from './hourly-counts.ts';
import { useCursor } from './use-cursor.ts';

/** As many as one question about trends may name; more causes than that at once nobody reads. */
const MOST = 200;

/** In a storm the groups are asked for this often. */
const RENEW_MS = 2_000;
const RENEW_IDLE_MS = 20_000;

interface Groups {
  readonly page: GroupPage;
  readonly trends: Trends;
}

export function GroupList({ filters }: { readonly filters: Filters }) {
  const key = JSON.stringify([company.value, filters]);
  const { state, reload } = useLoad<Groups>(key, (signal) => askGroups(filters, signal));
  const [waiting, setWaiting] = useState(0);
  const renew = () => {
    setWaiting(0);
    reload();
  };
  const hold = useHold(renew);
  const renewing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () =>
      hearErrors((errors) => {
        const count = errors.filter((error) => isShown(error, filters)).length;
        if (count === 0) return;
        tellArrived(count);
        setWaiting((before) => before + count);
        renewing.current ??= setTimeout(() => {
          renewing.current = undefined;
          if (!hold.isHeld()) renew();
        }, RENEW_MS);
      }),
    [key],
  );
  useEffect(() => {
    if (resolution.value !== undefined || asked.value > 0) reload();
  }, [resolution.value, asked.value]);
  useEvery(RENEW_IDLE_MS, () => {
    if (!hold.isHeld()) renew();
  });
  return html`<div class="feed-rows" onPointerEnter=${hold.onPointerEnter} onPointerLeave=${hold.onPointerLeave}>
    ${
      waiting > 0 && hold.isHeld()
        ? html`<button type="button" class="pill" onClick=${renew}>${waiting.toLocaleString('en')} new</button>`
        : null
    }
    <${Show}
      what="the groups"
      state=${state}
      retry=${reload}
      show=${(groups: Groups) => html`<${GroupRows} groups=${groups} filters=${filters} onScrolled=${hold.onScrolled} />`}
    />
  </div>`;
}

async function askGroups(filters: Filters, signal: AbortSignal): Promise<Groups> {
  const named = filters.group === '' ? undefined : [filters.group];
  const page = await get<GroupPage>('/api/groups', { ...toQuery(filters), fingerprints: named, limit: MOST }, signal);
  const fingerprints = page.groups.map(({ fingerprint }) => fingerprint);
  const trends =
    fingerprints.length === 0
      ? { since: '', until: '', interval: '1h' as const, points: [] }
      : await get<Trends>(
          '/api/trends',
          { since: '24h', interval: '1h', group_by: 'fingerprint', fingerprints },
          signal,
        );
  return { page, trends };
}

interface GroupRowsFields {
  readonly groups: Groups;
  readonly filters: Filters;
  readonly onScrolled: (isAtTop: boolean) => void;
}

function GroupRows({ groups: { page, trends }, filters, onScrolled }: GroupRowsFields) {
  const { groups: shown, total } = page;
  const rowHeight = useRowHeight();
  const selected = useCursor(
    shown.map(({ fingerprint }) => fingerprint),
    'groups',
  );
  const counts = hourlyCounts(trends, nowMs.value);
  return html`
    <p class="feed-count" role="status">
      ${total.toLocaleString('en')} ${total === 1 ? 'group' : 'groups'}
      ${total > shown.length ? `, the ${shown.length} seen last are here` : ''}
    </p>
    ${
      shown.length === 0
        ? html`<${EmptyFeed} filters=${filters} what="groups" />`
        : html`<${Rows}
            items=${shown}
            keyOf=${({ fingerprint }: GroupItem) => fingerprint}
            rowHeight=${rowHeight}
            render=${(group: GroupItem) => renderGroup(group, counts.get(group.fingerprint) ?? [])}
            selected=${selected}
            label="Groups, the last seen first"
            total=${shown.length}
            onScrolled=${onScrolled}
          />`
    }
  `;
}

function renderGroup(group: GroupItem, counts: readonly number[]) {
  const { view, id, query } = route.value;
  return html`<a
    class="group-row"
    href=${linkTo('groups', group.fingerprint, query)}
    aria-current=${view === 'groups' && id === group.fingerprint ? 'true' : undefined}
    data-resolved=${group.resolved ? '' : undefined}
  >
    <${SeverityIcon} severity=${group.severity} />
    <span class="row-count">${group.count.toLocaleString('en')}<span class="unseen"> errors</span></span>
    <span class="row-trend"><${Sparkline} counts=${counts} label="in the last 24 hours" /></span>
    <span class="row-service cut"><${Untrusted} text=${group.service} /></span>
    <span class="row-text cut">
      ${group.exception_type === '' ? null : html`<b><${Untrusted} text=${group.exception_type} /></b> `}
      <${Untrusted} text=${group.message} />
    </span>
    <span class="row-end">
      ${group.regressed ? html`<span class="tag" data-tone="error">came back</span>` : null}
      ${group.auto_fix_successful ? html`<span class="tag" data-tone="good">fixed</span>` : null}
      ${group.resolved ? html`<span class="tag" data-tone="quiet">resolved</span>` : null}
      <span class="row-ago"><${Ago} at=${group.last_seen} /></span>
    </span>
  </a>`;
}
