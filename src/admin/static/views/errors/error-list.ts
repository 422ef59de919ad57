// Errors one by one, newest first.
import { useRef } from 'preact/hooks';
import type { ErrorItem } from '../../answers.ts';
import { html } from '../../html.ts';
import { SeverityIcon } from '../../parts/mark.ts';
import { Rows } from '../../parts/rows.ts';
import { Failed, Loading } from '../../parts/states.ts';
import { Moment, zoneText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo, route } from '../../route.ts';
import { EmptyFeed } from './empty-feed.ts';
import type { Feed } from './feed.ts';
import type { Filters } from './filters.ts';
import { useHold } from './held-list.ts';
import { useCursor } from './use-cursor.ts';
import { useFeed } from './use-feed.ts';
import type { UsedFeed } from './use-feed.ts';
import { useRowHeight } from './row-height.ts';

export function ErrorList({ filters }: { readonly filters: Filters }) {
  const used = useRef<UsedFeed | undefined>(undefined);
  const hold = useHold(() => used.current?.show());
  const feed = useFeed(filters, hold.isHeld);
  used.current = feed;
  const { items, waiting, total } = feed.feed;
  const rowHeight = useRowHeight();
  const selected = useCursor(
    items.map(({ id }) => id),
    'errors',
  );

  if (feed.state === 'loading') return html`<${Loading} what="errors" />`;
  if (feed.state === 'failed' && feed.failure !== undefined) {
    return html`<${Failed} what="The errors" failure=${feed.failure} retry=${feed.reload} />`;
  }
  return html`
    <p class="feed-count" role="status">
      <span>${countText(feed.feed)}</span>
      <span>times in ${zoneText()}</span>
      ${feed.failure === undefined ? null : html`<span class="tone" data-tone="warning">not renewed: ${feed.failure.message}</span>`}
    </p>
    <div class="feed-rows" onPointerEnter=${hold.onPointerEnter} onPointerLeave=${hold.onPointerLeave}>
      ${waiting.length === 0 ? null : html`<${Pill} count=${waiting.length} onShow=${feed.show} />`}
      ${
        items.length === 0
          ? html`<${EmptyFeed} filters=${filters} what="errors" />`
          : html`<${Rows}
              items=${items}
              keyOf=${({ id }: ErrorItem) => id}
              rowHeight=${rowHeight}
              render=${renderError}
              selected=${selected}
              label="Errors, newest first"
              total=${total}
              onScrolled=${hold.onScrolled}
              onEnd=${feed.more}
            />`
      }
    </div>
  `;
}

function countText({ items, waiting, total, cursor }: Feed): string {
  const count = `${total.toLocaleString('en')} ${total === 1 ? 'error' : 'errors'}`;
  // Nothing more can be loaded, and yet not all of them are here.
  const isCut = cursor === null && total > items.length + waiting.length;
  return isCut ? `${count}; the newest ${items.length.toLocaleString('en')} are here, filters find the others` : count;
}

function renderError(error: ErrorItem) {
  const { view, id, query } = route.value;
  return html`<a
    class="error-row"
    href=${linkTo('errors', error.id, query)}
    aria-current=${view === 'errors' && id === error.id ? 'true' : undefined}
    data-resolved=${error.resolved ? '' : undefined}
  >
    <${SeverityIcon} severity=${error.severity} />
    <span class="row-time"><${Moment} at=${error.timestamp} /></span>
    <span class="row-service cut"><${Untrusted} text=${error.service} /></span>
    <span class="row-text cut">
      ${error.exception_type === '' ? null : html`<b><${Untrusted} text=${error.exception_type} /></b> `}
      <${Untrusted} text=${error.message} />
    </span>
    <span class="row-end">
      ${error.auto_fix_successful ? html`<span class="tag" data-tone="good">fixed</span>` : null}
      ${error.resolved ? html`<span class="tag" data-tone="quiet">resolved</span>` : null}
      ${error.environment === '' ? null : html`<span class="tag tag-place cut" data-tone="quiet"><${Untrusted} text=${error.environment} /></span>`}
    </span>
  </a>`;
}

function Pill({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  const show = () => {
    document.querySelector('.feed-rows .rows')?.scrollTo({ top: 0 });
    onShow();
  };
  return html`<button type="button" class="pill" onClick=${show}>${count.toLocaleString('en')} new</button>`;
}
