// Values of the references in errata.yaml, read at each use: a rotated secret counts at once, and none is kept.
import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';

export interface SecretsSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Value of `env:NAME` or `file:PATH` (without its last line break). Throws CONFIG_INVALID, which names the reference. */
export function createSecrets({ env }: SecretsSettings): (reference: string) => string {
  return (reference) => {
    const [, kind, place = ''] = /^(env|file):(.+)$/s.exec(reference) ?? [];
    // What is no reference may be a secret that was put in the wrong place: it is not repeated.
    if (kind === undefined) throw new Failure('CONFIG_INVALID', 'a secret is given as env:NAME or file:PATH');
    const value = kind === 'env' ? env[place] : readSecret(place);
    if (value === undefined || value === '') throw new Failure('CONFIG_INVALID', `${reference} is not there or empty`);
    return value;
  };
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    // Missing and forbidden are one for the caller: the reference gives no value.
    return undefined;
  }
}
