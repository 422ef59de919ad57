// A Compose file as data, as far as the tests look.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Service {
  readonly image?: string;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly profiles?: readonly string[];
  /** Everything of that service, with what stands here added. */
  readonly extends?: { readonly file: string; readonly service: string };
  readonly deploy?: { readonly resources: { readonly limits: { memory?: string; cpus?: string; pids?: number } } };
}

export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes?: Readonly<Record<string, object>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

/** Without the tags that say how it is laid over another file: neither YAML nor the schema knows them. */
export function readCompose(path: string): ComposeFile {
  return parse(readFileSync(path, 'utf8').replaceAll(/ !(?:reset|override)\b/g, ''), { merge: true }) as ComposeFile;
}
