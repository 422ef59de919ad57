// Who looks at the page, and at which company.
import { computed, signal } from '@preact/signals';
import type { Caller } from './answers.ts';
import { keep, kept } from './kept.ts';
import { forgetAnswers } from './last-answers.ts';

/** unknown: not asked yet; out: sign-in is needed. */
export type Session =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly caller: Caller };

export type Scope = Caller['scopes'][number];

export const session = signal<Session>({ kind: 'unknown' });

const picked = signal(Number(kept('company') ?? '1'));

/** To be named in each call; undefined: the token belongs to one company and nothing is to be named. */
export const company = computed(() =>
  session.value.kind === 'in' && session.value.caller.company === '*' ? picked.value : undefined,
);

export function pickCompany(id: number): void {
  picked.value = id;
  keep('company', String(id));
}

export function signedIn(caller: Caller): void {
  session.value = { kind: 'in', caller };
}

export function signedOut(): void {
  forgetAnswers();
  session.value = { kind: 'out' };
}

/** May the one who looks do this? The server asks again; here it decides what is offered. */
export function may(scope: Scope): boolean {
  return session.value.kind === 'in' && session.value.caller.scopes.includes(scope);
}
