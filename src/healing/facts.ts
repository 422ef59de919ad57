// What probes found. Facts are flat, `<probe id>.<name>`, so that conditions and references name them the same way.

export type FactValue = string | number | boolean;
export type Facts = Readonly<Record<string, FactValue>>;

/** What the engine itself knows before any probe looks; a rule can tell by it that its own fix did not last. */
export const historyFacts: Readonly<Record<string, string>> = {
  'past.attempts': 'attempts of this rule on this target that changed something, within limits.attempts.within',
  'past.failed': 'of these, those that did not end as succeeded, relapsed ones among them',
};

/** Each call may leave it, `<id>.failure`: why the probe could not work at all. */
export const FAILURE_FACT = 'failure';
