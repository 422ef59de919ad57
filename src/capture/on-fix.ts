// What this service can do to itself when Errata asks it: the fixes that its modules register, by name.

/** Values of the rule's step. They come from rules and from errors: data, never code, a path or a query. */
export type FixParams = Readonly<Record<string, string | number | boolean>>;

export interface FixContext {
  /** The same for every call that means the same fix. */
  readonly key: string;
  /** Aborted when the answer is due; what is done after it still counts. */
  readonly signal: AbortSignal;
}

/** What it resolves to is the result that the attempt keeps; a throw says that nothing was changed. */
export type FixHandler = (params: FixParams, context: FixContext) => unknown;

const handlers = new Map<string, FixHandler>();

/** `name` is the action's: `onFix('pool.reset', async ({ pool }) => ...)`. The last one registered for a name counts. */
export function onFix(name: string, handler: FixHandler): void {
  handlers.set(name, handler);
}

export function fixHandlerOf(name: string): FixHandler | undefined {
  return handlers.get(name);
}

export function fixNames(): readonly string[] {
  return [...handlers.keys()];
}
