// What stands where an answer is missing: not yet there, nothing to show, could not be had. Each says what to do next.
import type { ComponentChildren } from 'preact';
import type { Problem } from '../api-client.ts';
import { html } from '../html.ts';
import type { Loaded } from '../load.ts';
import { Icon } from './icon.ts';

export function Loading({ what }: { readonly what: string }) {
  return html`<div class="state" role="status"><span class="state-wait"></span>Loading ${what}</div>`;
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return html`<div class="state">
    <p class="state-title">${title}</p>
    ${children}
  </div>`;
}

interface FailedFields {
  readonly what: string;
  readonly failure: Problem;
  readonly retry?: () => void;
}

export function Failed({ what, failure, retry }: FailedFields) {
  return html`<div class="state" role="alert">
    <p class="state-title tone" data-tone="error"><${Icon} name="error" /> ${what} could not be loaded</p>
    <p>${failure.message} <code>${failure.code}</code></p>
    <p>${adviceFor(failure)}</p>
    ${retry === undefined ? null : html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

interface LoadedFields<Value> {
  readonly what: string;
  readonly state: Loaded<Value>;
  readonly retry: () => void;
  readonly show: (value: Value) => unknown;
}

/** The three states of a question, and what to show when it was answered. */
export function Show<Value>({ what, state, retry, show }: LoadedFields<Value>) {
  if (state.kind === 'loading') return html`<${Loading} what=${what} />`;
  if (state.kind === 'failed') return html`<${Failed} what=${what} failure=${state.failure} retry=${retry} />`;
  return html`${
    state.failure === undefined ? null : html`<p class="stale" role="status">Not renewed: ${state.failure.message}</p>`
  }${show(state.value)}`;
}

function adviceFor({ status, code }: Problem): string {
  if (status === 0) return 'Look whether the process runs. The page tries again by itself when it comes back.';
  if (status === 404) return 'It may be past its retention, or belong to another company.';
  if (status === 403) return 'Sign in with a token that may do this.';
  if (status === 429) return 'Wait a moment: too much was asked at once.';
  return code === 'STORE_UNAVAILABLE' ? 'The store is away: look at the log of Errata and at ClickHouse.' : '';
}
