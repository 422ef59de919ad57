import type { Logger } from 'pino';
import { actions } from '../healing/actions/catalogue.ts';
import { createDockerEngine } from '../healing/docker-engine.ts';
import { probes } from '../healing/probes/catalogue.ts';
import { readRules } from '../healing/read-rules.ts';
import { unavailableOf } from '../healing/unavailable.ts';
import { findingsOf, reasonOf } from './finding.ts';
import type { Finding } from './finding.ts';

interface DockerQuestion {
  readonly docker: { readonly host: string | undefined; readonly tls: object | undefined };
  readonly isActing: boolean;
  /** Folder of the rules. */
  readonly rules: string;
  readonly now: () => number;
  readonly logger: Logger;
}

const { good, warning, bad } = findingsOf('docker');

export async function checkDocker({
  docker: { host, tls },
  isActing,
  rules,
  now,
  logger,
}: DockerQuestion): Promise<readonly Finding[]> {
  if (host === undefined) return [withoutEngine(rules)];
  // Its certificates are read at the start, which tells what is wrong with them.
  if (tls !== undefined) return [good(`${host} with TLS: the start looks at it`)];
  try {
    const { engine } = createDockerEngine({ host, now, logger });
    // The path holds the API version, so an engine that is too old refuses it.
    await engine.ping();
    const labelled = await engine.listLabelled();
    const mayAct = labelled.filter((container) => container.labels['errata.autofix'] === 'true').length;
    if (mayAct === 0 && isActing) {
      return [
        good(`${host} answers`),
        warning('no container may be acted on', "give those that may be restarted the label errata.autofix: 'true'"),
      ];
    }
    return [good(`${host} answers; ${mayAct} of its containers may be acted on`)];
  } catch (cause) {
    return [
      bad(
        `${host} does not answer: ${reasonOf(cause)}`,
        'is it up, and may this user reach it? unset DOCKER_HOST to do without',
      ),
    ];
  }
}

function withoutEngine(folder: string): Finding {
  // What is wrong with them is told by its own check.
  const { rules } = readRules(folder, { probes, actions });
  const needing = rules
    .filter((rule) => unavailableOf(rule, { engine: 'none', probes, actions }) !== '')
    .map(({ id }) => id);
  if (needing.length === 0) return good('no engine is configured, and no rule needs one');
  return warning(
    `no engine is configured, without which ${needing.length} of ${rules.length} rules can do nothing: ${needing.toSorted().join(', ')}`,
    "set DOCKER_HOST, such as unix:///var/run/docker.sock, and label containers errata.autofix: 'true'; docs/configuration.md",
  );
}
