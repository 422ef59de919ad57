// Error feed: what fails, as errors or as groups of one cause, live; beside it the one that is open.
import { html } from '../html.ts';
import { useKeys } from '../keys.ts';
import { useFocusBack } from '../parts/use-focus-back.ts';
import { goTo, linkTo, route } from '../route.ts';
import { ErrorList } from './errors/error-list.ts';
import { ErrorPane } from './errors/error-pane.ts';
import { FilterBar } from './errors/filter-bar.ts';
import { GroupList } from './errors/group-list.ts';
import { GroupPane } from './errors/group-pane.ts';
import { readFilters } from './errors/filters.ts';

export function ErrorsView() {
  const { view, id, query } = route.value;
  const isGroups = view === 'groups';
  const filters = readFilters(query);
  const shut = () => goTo(isGroups ? 'groups' : 'errors', undefined, query);
  useFocusBack(id !== undefined);
  useKeys({
    Escape: () => {
      if (id !== undefined) shut();
    },
  });
  return html`<div class="feed" data-open=${id === undefined ? undefined : ''}>
    <h1 class="unseen">Error feed</h1>
    <section class="feed-list" aria-label=${isGroups ? 'Groups' : 'Errors'}>
      <div class="feed-top">
        <nav class="switch" aria-label="Show as">
          <a href=${linkTo('errors', undefined, query)} aria-current=${isGroups ? undefined : 'true'}>Errors</a>
          <a href=${linkTo('groups', undefined, query)} aria-current=${isGroups ? 'true' : undefined}>Groups</a>
        </nav>
        <${FilterBar} filters=${filters} />
      </div>
      ${
        isGroups
          ? html`<${GroupList} filters=${filters} open=${id} />`
          : html`<${ErrorList} filters=${filters} open=${id} />`
      }
    </section>
    ${
      id === undefined
        ? null
        : html`<section class="pane" aria-label="Details">
            ${
              isGroups
                ? html`<${GroupPane} key=${id} fingerprint=${id} onShut=${shut} />`
                : html`<${ErrorPane} key=${id} id=${id} onShut=${shut} />`
            }
          </section>`
    }
  </div>`;
}
