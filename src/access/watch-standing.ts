// What stays open asks again and again whether its caller would still be let in: a token may be revoked or expire
// meanwhile, a session may end, and the first token ends the time in which everybody on this machine was the local user.
import type { Principal } from './principal.ts';

interface Standing {
  /** Who was let in. */
  readonly principal: Principal;
  /** Who would be let in now by the same credentials; throws when nobody would. */
  readonly ask: () => Principal;
  /** Aborted when there is nothing left to watch. */
  readonly until: AbortSignal;
}

/** Beside the second in which a change of tokens.json is seen. */
const CHECK_EVERY_MS = 500;

/** Aborted soon after the caller would be refused. */
export function watchStanding({ principal, ask, until }: Standing): AbortSignal {
  const over = new AbortController();
  const checking = setInterval(() => {
    if (isLetIn(ask, principal)) return;
    clearInterval(checking);
    over.abort();
  }, CHECK_EVERY_MS);
  checking.unref();
  until.addEventListener('abort', () => clearInterval(checking), { once: true });
  return over.signal;
}

function isLetIn(ask: () => Principal, { tokenId }: Principal): boolean {
  try {
    return ask().tokenId === tokenId;
  } catch {
    // Whatever the reason, a new call would not be let in either.
    return false;
  }
}
