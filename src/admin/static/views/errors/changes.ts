// What was done on this page, so that lists need not ask to know.
import { signal } from '@preact/signals';

interface Resolution {
  readonly of: { readonly fingerprint: string } | { readonly id: string };
  readonly resolved: boolean;
}

export const resolution = signal<Resolution | undefined>(undefined);

/** Rises when a fix was started or has ended, and when an agent was asked. */
export const asked = signal(0);
