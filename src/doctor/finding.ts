// What one look found. `bad` keeps Errata from working, `warning` will or may, `good` is told all the same: a list of what
// is right says what was looked at.
export type Check =
  | 'configuration'
  | 'data folder'
  | 'ports'
  | 'store'
  | 'clock'
  | 'rules'
  | 'docker'
  | 'tokens'
  | 'channels'
  | 'collector';

export type Finding =
  | { readonly kind: 'good'; readonly check: Check; readonly found: string }
  | { readonly kind: 'warning' | 'bad'; readonly check: Check; readonly found: string; readonly todo: string };

interface Findings {
  readonly good: (found: string) => Finding;
  readonly warning: (found: string, todo: string) => Finding;
  readonly bad: (found: string, todo: string) => Finding;
}

export function findingsOf(check: Check): Findings {
  return {
    good: (found) => ({ kind: 'good', check, found }),
    warning: (found, todo) => ({ kind: 'warning', check, found, todo }),
    bad: (found, todo) => ({ kind: 'bad', check, found, todo }),
  };
}

/** The first line of whatever was thrown. */
export function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const text = inner instanceof Error ? inner.message : String(inner);
  return (text.split('\n')[0] ?? '').trim().slice(0, 300);
}
