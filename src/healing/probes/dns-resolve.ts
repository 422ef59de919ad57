import { lookup } from 'node:dns/promises';
import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { boundOf, codeOf } from './open-connection.ts';

const TIMEOUT_MS = 1_500;

export const dnsResolve = defineProbe({
  name: 'dns.resolve',
  summary: "Resolves the host of the catalogue's address as a client on this machine does.",
  parameters: z.strictObject({}),
  facts: {
    ok: 'true: the name has an address',
    error: 'code of the failure: ENOTFOUND, EAI_AGAIN, ETIMEDOUT',
    address: 'the first address',
  },
  needsEngine: false,
  async run(_params, { target, signal }) {
    const host = target.service.address?.host;
    // A container without an address in the catalogue is reached by its IP: no name is asked for.
    if (host === undefined) return {};
    const bound = boundOf(signal, TIMEOUT_MS);
    const late = new Promise<never>((_resolve, reject) => {
      bound.addEventListener('abort', () => reject(new DOMException('late', 'AbortError')), { once: true });
    });
    try {
      const { address } = await Promise.race([lookup(host), late]);
      return { ok: true, address };
    } catch (error) {
      return { ok: false, error: codeOf(error) };
    }
  },
});
