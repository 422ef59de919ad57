// Groups that were seen for the first time in the period, and those that came back after they were resolved.
import type { ComponentChildren } from 'preact';
import type { GroupItem, GroupPage } from '../../answers.ts';
import { html } from '../../html.ts';
import { SeverityIcon } from '../../parts/mark.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';

type When = 'first_seen' | 'regressed_at';

export interface Changed {
  readonly fresh: readonly GroupItem[];
  readonly regressed: readonly GroupItem[];
  /** There are more groups than were looked through. */
  readonly isPart: boolean;
}

export function changedGroups({ groups, total }: GroupPage, sinceMs: number): Changed {
  return {
    fresh: groups.filter(({ first_seen: first }) => Date.parse(first) >= sinceMs).toSorted(byLatest('first_seen')),
    regressed: groups
      .filter(({ regressed_at: at }) => at !== null && Date.parse(at) >= sinceMs)
      .toSorted(byLatest('regressed_at')),
    isPart: total > groups.length,
  };
}

function byLatest(at: When): (one: GroupItem, other: GroupItem) => number {
  return (one, other) => Date.parse(other[at] ?? '') - Date.parse(one[at] ?? '');
}

interface GroupListsFields {
  readonly changed: Changed;
  /** A further list beside them. */
  readonly children?: ComponentChildren;
}

export function GroupLists({ changed, children }: GroupListsFields) {
  return html`<div class="changed">
    <${List} title="New groups" none="No group is new in this time." groups=${changed.fresh} at="first_seen" />
    <${List}
      title="Came back"
      none="Nothing that was resolved came back."
      groups=${changed.regressed}
      at="regressed_at"
    />
    ${children} ${changed.isPart ? html`<p class="quiet">Of the groups seen last; there are more.</p>` : null}
  </div>`;
}

interface ListFields {
  readonly title: string;
  readonly none: string;
  readonly groups: readonly GroupItem[];
  readonly at: When;
}

function List({ title, none, groups, at }: ListFields) {
  return html`<section aria-label=${title}>
    <h2>${title} <span class="quiet">${groups.length}</span></h2>
    ${
      groups.length === 0
        ? html`<p class="quiet">${none}</p>`
        : html`<ul>
            ${groups.map(
              (group) =>
                html`<li key=${group.fingerprint}>
                  <a class="changed-row" href=${linkTo('groups', group.fingerprint, { state: 'all' })}>
                    <${SeverityIcon} severity=${group.severity} />
                    <b class="cut"><${Untrusted} text=${group.service} /></b>
                    <span class="cut">
                      ${group.exception_type === '' ? null : html`<${Untrusted} text=${group.exception_type} /> `}
                      <span class="quiet"><${Untrusted} text=${group.message} /></span>
                    </span>
                    <span class="number">${group.count.toLocaleString('en')} ×</span>
                    <span class="quiet number"><${Ago} at=${group[at] ?? group.last_seen} words /></span>
                  </a>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}
