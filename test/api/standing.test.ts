// A stream lives as long as its caller would be let in: real sockets, and tokens that change meanwhile.
import { afterEach, expect, test } from 'vitest';
import type { TokenRecord } from '../../src/access/token-record.ts';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
afterEach(async () => {
  await t.close();
});

interface Stream {
  /** Resolves when the server ended it. */
  readonly ended: Promise<void>;
  isOpen(): boolean;
}

async function openWith(tokens: TokenRecord[]): Promise<(token?: string) => Promise<Stream>> {
  t = await openTestApi({ tokens });
  const { port } = await t.api.start();
  return async (token) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/stream`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    let isOpen = true;
    const read = async () => {
      await response.text();
      isOpen = false;
    };
    return { ended: read(), isOpen: () => isOpen };
  };
}

async function endsWithin(ms: number, { ended }: Stream): Promise<void> {
  const startedAt = performance.now();
  await ended;
  expect(performance.now() - startedAt).toBeLessThan(ms);
}

test('revoking a token ends its streams within two seconds, and nobody else’s', async () => {
  const tokens = [tokenOf(7, 'seven'), tokenOf(8, 'eight')];
  const listen = await openWith(tokens);
  const [seven, eight] = [await listen('seven'), await listen('eight')];
  tokens[0] = { ...tokenOf(7, 'seven'), revokedAtMs: 1 };
  await endsWithin(2_000, seven);
  expect(eight.isOpen()).toBe(true);
});

test('a stream does not outlive its token', async () => {
  const listen = await openWith([{ ...tokenOf(7, 'seven'), expiresAtMs: Date.now() + 60_000 }]);
  const stream = await listen('seven');
  t.clock.aheadMs += 60_000;
  await endsWithin(2_000, stream);
});

test('the first token ends the streams that were opened without one', async () => {
  const tokens: TokenRecord[] = [];
  const listen = await openWith(tokens);
  const stream = await listen();
  tokens.push(tokenOf(7, 'seven'));
  await endsWithin(2_000, stream);
});
