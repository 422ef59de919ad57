// Sessions of the admin page. A session is a signed text in the browser's cookie, of no use as a token: nothing is kept for it
// here, so a restart ends none, and any processor with the same key knows it. Its signature covers the hash of its token
// too: a token that is revoked, expired or replaced takes its sessions along.
//
//   open → renewed on use → over: signed out, unused for IDLE_MS, LIFETIME_MS after it was opened, or without its token
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { findInForce, isInForce, principalOf } from './authenticate.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { Principal } from './principal.ts';
import type { TokenRecord } from './token-record.ts';

export interface Sessions {
  /** undefined: no such token is in force. */
  open(token: string): string | undefined;
  /** Whose it is; undefined: it is over, or was never one of ours. */
  find(session: string): Principal | undefined;
  /** The same session as used now; undefined: it was used just before, or is over. */
  renew(session: string): string | undefined;
  /** Safe with any text. */
  end(session: string): void;
}

interface SessionsParts {
  readonly key: () => string;
  readonly records: () => readonly TokenRecord[];
  readonly ended: EndedSessions;
  readonly now: () => number;
}

/** Away for a night. A page that is open counts as used: its stream connects again within the hour. */
export const IDLE_MS = 43_200_000;

/** Then one signs in anew, used or not. */
const LIFETIME_MS = 604_800_000;

/** Not with each of the page's calls. */
const RENEW_AFTER_MS = 600_000;

const ID_BYTES = 16;

/** id . opened . used . token id . signature */
const TEXT = /^([\w-]{22})\.(\d{13})\.(\d{13})\.([\w-]{1,2000})\.([\w-]{43})$/;

interface Content {
  readonly id: string;
  readonly openedAtMs: number;
  readonly usedAtMs: number;
  readonly tokenId: string;
}

export function createSessions({ key, records, ended, now }: SessionsParts): Sessions {
  function write(content: Content, { hash }: TokenRecord): string {
    const { id, openedAtMs, usedAtMs, tokenId } = content;
    const body = `${id}.${openedAtMs}.${usedAtMs}.${Buffer.from(tokenId).toString('base64url')}`;
    return `${body}.${createHmac('sha256', key()).update(`${body}.${hash}`).digest('base64url')}`;
  }

  function read(session: string): { readonly content: Content; readonly record: TokenRecord } | undefined {
    const content = parse(session);
    if (content === undefined) return undefined;
    const record = records().find(
      (known) => known.id === content.tokenId && isInForce(known, now()) && isSame(session, write(content, known)),
    );
    const { id, openedAtMs, usedAtMs } = content;
    const isOver = ended.has(id) || now() >= openedAtMs + LIFETIME_MS || now() >= usedAtMs + IDLE_MS;
    return record === undefined || isOver ? undefined : { content, record };
  }

  return {
    open(token) {
      const record = findInForce(records(), token, now());
      if (record === undefined) return undefined;
      const id = randomBytes(ID_BYTES).toString('base64url');
      return write({ id, openedAtMs: now(), usedAtMs: now(), tokenId: record.id }, record);
    },
    find(session) {
      const found = read(session);
      return found === undefined ? undefined : principalOf(found.record);
    },
    renew(session) {
      const found = read(session);
      if (found === undefined || now() < found.content.usedAtMs + RENEW_AFTER_MS) return undefined;
      return write({ ...found.content, usedAtMs: now() }, found.record);
    },
    end(session) {
      const found = read(session);
      if (found !== undefined) ended.add(found.content.id, found.content.openedAtMs + LIFETIME_MS);
    },
  };
}

function parse(session: string): Content | undefined {
  const [, id, opened, used, tokenId] = TEXT.exec(session) ?? [];
  if (id === undefined || tokenId === undefined) return undefined;
  return {
    id,
    openedAtMs: Number(opened),
    usedAtMs: Number(used),
    tokenId: Buffer.from(tokenId, 'base64url').toString(),
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
