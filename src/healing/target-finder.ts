// Targets as they are now: found for a firing, looked at again before each change, and found again after a start.
import type { HealingError } from '../store/attempt-store.ts';
import type { Attempt } from './attempt.ts';
import type { ContainerEngine } from './container-engine.ts';
import { serviceFrom } from './discover-services.ts';
import { findTarget } from './find-target.ts';
import type { FoundTarget } from './find-target.ts';
import { hasSteps } from './rule-steps.ts';
import type { Rule } from './rule.ts';
import type { ServiceCatalogue } from './service-catalogue.ts';
import type { CatalogueService, Target } from './target.ts';

export interface TargetFinder {
  find(rule: Rule, error: HealingError): Promise<FoundTarget>;
  /** undefined: its container is gone. Throws ENGINE_UNAVAILABLE. */
  look(target: Target): Promise<Target | undefined>;
  /** The target of an attempt on record. undefined: it is gone. Throws ENGINE_UNAVAILABLE. */
  again(attempt: Attempt): Promise<Target | undefined>;
}

interface FinderDeps {
  readonly catalogue: ServiceCatalogue;
  readonly engine: ContainerEngine | undefined;
}

export function createTargetFinder({ catalogue, engine }: FinderDeps): TargetFinder {
  async function again({ targetKey, targetName, containerId, cause }: Attempt): Promise<Target | undefined> {
    const service = catalogue
      .services()
      .find(({ name, company }) => name === targetName && company === cause.companyId);
    if (containerId === '') {
      return {
        key: targetKey,
        name: targetName,
        service: service ?? unlisted(targetName, cause.companyId),
        container: undefined,
      };
    }
    const container = await engine?.inspect(containerId);
    if (container === undefined) return undefined;
    return { key: targetKey, name: targetName, service: service ?? serviceFrom(container), container };
  }

  return {
    find: async (rule, error) => {
      const found = await findTarget(rule, error, { catalogue, engine });
      // Who only hands over needs nothing that can be touched.
      if (found.kind === 'found' || found.reason !== 'no_target' || hasSteps(rule)) return found;
      const service = unlisted(error.service, error.companyId);
      return {
        kind: 'found',
        target: {
          key: `service/${service.company}/${service.name}`,
          name: service.name,
          service,
          container: undefined,
        },
      };
    },
    look: async (target) => {
      const { name: own, company: owner } = target.service;
      const service =
        catalogue.services().find(({ name, company }) => name === own && company === owner) ?? target.service;
      const current = { ...target, service: { ...service, protected: service.protected || target.service.protected } };
      if (target.container === undefined) return current;
      const container = await engine?.inspect(target.container.id);
      return container === undefined ? undefined : { ...current, container };
    },
    again,
  };
}

/** A service that neither the catalogue nor a container tells of. */
function unlisted(name: string, company: number): CatalogueService {
  return {
    name,
    aliases: [],
    company,
    container: undefined,
    address: undefined,
    protocol: undefined,
    healthCheck: undefined,
    credentials: undefined,
    fixEndpoint: undefined,
    mode: undefined,
    protected: false,
  };
}
