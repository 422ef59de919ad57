// Whom ADA asks, and what. Nothing here is read from text of errors but their type and service, compared as a whole.
import { MAX_DELEGATIONS } from './case.ts';
import type { Join, Priority } from './case.ts';
import type { AgentsSettings, Route } from './roster.ts';

/** She asks others; her name stands for `by the routes`. */
export const ORCHESTRATOR = 'ada';

/** What routes look at. */
export interface Trouble {
  readonly errorType: string;
  readonly service: string;
  /** '' before a diagnosis. */
  readonly finding: string;
}

export interface Routed {
  readonly to: readonly string[];
  readonly ask: readonly string[];
  readonly join: Join;
}

/** `escalatedTo`: whom the rule names. A name that is not of the roster is as good as ADA's. */
export function routeOf(escalatedTo: string, trouble: Trouble, settings: AgentsSettings): Routed {
  const isNamed = escalatedTo !== ORCHESTRATOR && settings.roster.some(({ name }) => name === escalatedTo);
  if (isNamed) return { to: [escalatedTo], ask: [], join: 'all' };
  const route = settings.routes.find((one) => fits(one, trouble));
  if (route === undefined) return { to: [settings.fallback], ask: [], join: 'all' };
  return { to: [...new Set(route.to)].slice(0, MAX_DELEGATIONS), ask: route.ask, join: route.join };
}

export function priorityOf(severity: string): Priority {
  switch (severity) {
    case 'critical':
      return 'urgent';
    case 'error':
      return 'high';
    default:
      return 'normal';
  }
}

/** `Morgan: is it up?` is for morgan alone when she is asked at all; everything else is for everybody who is. */
export function questionsFor(agent: string, asked: readonly string[], questions: readonly string[]): readonly string[] {
  const mine = questions.flatMap((question) => {
    const name = /^([\w-]+):\s*\S/.exec(question)?.[1]?.toLowerCase();
    if (name === undefined || !asked.includes(name)) return [question];
    return name === agent ? [question.slice(name.length + 1).trim()] : [];
  });
  return [...new Set(mine)];
}

function fits({ errorTypes, services, findings }: Route, { errorType, service, finding }: Trouble): boolean {
  return holds(errorTypes, errorType) && holds(services, service) && holds(findings, finding);
}

function holds(list: readonly string[], value: string): boolean {
  return list.length === 0 || list.includes(value);
}
