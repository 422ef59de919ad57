// Without tokens whoever is on this machine may do everything, so nobody else may be able to come in, or be led here.
import { isIPv4 } from 'node:net';
import { Failure } from '../failure.ts';
import { readTokens } from './token-file.ts';
import { hasTokens } from './token-record.ts';

interface Reachable {
  /** Where we listen. */
  readonly host: string;
  readonly publicUrl: string | undefined;
  /** Those of errata.yaml. */
  readonly tokens: readonly unknown[];
  readonly dataDir: string;
}

const REMEDY = 'create one with `errata token create`';

/** What is wrong with the configuration, one line each. */
export function openHouseFaults({ host, publicUrl, tokens, dataDir }: Reachable): readonly string[] {
  const faults: string[] = [];
  if (!isLoopback(host)) {
    faults.push(`host: ${host} is not loopback, and without tokens anyone could read and write: ${REMEDY}`);
  }
  if (publicUrl !== undefined && !isLoopback(hostOf(publicUrl))) {
    faults.push(
      `public_url: ${hostOf(publicUrl)} is not loopback, and without tokens nobody is let in from there: ${REMEDY}, or leave public_url away`,
    );
  }
  if (faults.length === 0 || tokens.length > 0) return [];
  try {
    return hasTokens(readTokens(dataDir)) ? [] : faults;
  } catch (failure) {
    return [failure instanceof Failure ? failure.message : String(failure)];
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Of a URL, without the brackets of an IPv6 address. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
