// Who there is, and who is asked about what. From errata.yaml (agents).
import type { Join } from './case.ts';

export interface Agent {
  /** The name of its token too: calls with that token are its own. */
  readonly name: string;
  /** What it is for, for people and for other agents. */
  readonly role: string;
  /** Where its delegations are announced; undefined: it looks by itself. References as in the catalogue of services. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
}

/** The first that fits tells whom ADA asks. An empty list fits everything. */
export interface Route {
  readonly errorTypes: readonly string[];
  readonly services: readonly string[];
  readonly findings: readonly string[];
  readonly to: readonly string[];
  /** For all of `to`, beside those that the rule asks. */
  readonly ask: readonly string[];
  readonly join: Join;
}

export interface AgentsSettings {
  readonly roster: readonly Agent[];
  readonly routes: readonly Route[];
  /** Asked when no route fits. */
  readonly fallback: string;
  /** An offer that nobody acknowledged by then is overdue. */
  readonly acknowledgeWithinMs: number;
  /** Between heartbeats. */
  readonly leaseMs: number;
  /** From the opening of a case to its end, with whatever was reported. */
  readonly reportWithinMs: number;
  /** Offers of one delegation, before it expires. */
  readonly maxOffers: number;
}
