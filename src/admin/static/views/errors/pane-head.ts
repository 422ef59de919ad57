// Top of a detail pane: a way back, what it is, and what can be done about it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ErrorItem } from '../../answers.ts';
import { html } from '../../html.ts';
import { Icon } from '../../parts/icon.ts';
import { SeverityMark } from '../../parts/mark.ts';
import { Untrusted } from '../../parts/untrusted.ts';

interface PaneHeadFields {
  readonly error: Pick<ErrorItem, 'severity' | 'service' | 'error_type' | 'exception_type' | 'message'>;
  /** Beside severity and service. */
  readonly marks?: ComponentChildren;
  /** What can be done. */
  readonly children?: ComponentChildren;
}

export function PaneHead({ error, marks, children }: PaneHeadFields) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Opened from the list: who can't see goes on reading here.
    heading.current?.focus({ preventScroll: true });
  }, []);
  return html`<header class="pane-head">
    <p class="pane-marks">
      <${SeverityMark} severity=${error.severity} />
      <strong><${Untrusted} text=${error.service} /></strong>
      <span class="quiet">${error.error_type.replaceAll('_', ' ')}</span>
      ${marks}
    </p>
    <h2 ref=${heading} tabindex="-1">
      ${error.exception_type === '' ? null : html`<span class="pane-type"><${Untrusted} text=${error.exception_type} /></span>`}
      <${Untrusted} text=${error.message} />
    </h2>
    ${children === undefined ? null : html`<div class="pane-actions">${children}</div>`}
  </header>`;
}

export function PaneBar({ onShut, children }: { readonly onShut: () => void; readonly children?: ComponentChildren }) {
  return html`<div class="pane-bar">
    <button type="button" class="small back" onClick=${onShut}><${Icon} name="back" /> Back to the list</button>
    ${children}
  </div>`;
}
