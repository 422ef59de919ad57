// Fingerprints that now belong to another group, in memory: new rows go to the target at once, and a question about a
// group asks for its aliases too. Chains are followed to their end; a ring ends where it began.

export interface Aliases {
  /** Replaces all: the store's rows are the truth. */
  load(rows: readonly { companyId: number; from: string; to: string }[]): void;
  add(companyId: number, from: string, to: string): void;
  /** The group that a fingerprint belongs to. */
  targetOf(companyId: number, fingerprint: string): string;
  /** The group's own fingerprint and all that lead to it. */
  membersOf(companyId: number, fingerprint: string): readonly string[];
}

export function createAliases(): Aliases {
  let targets = new Map<string, string>();
  let members = new Map<string, Set<string>>();
  const key = (companyId: number, fingerprint: string) => `${companyId}/${fingerprint}`;

  function add(companyId: number, from: string, to: string): void {
    const end = targetOf(companyId, to);
    if (end === from) return;
    const toKey = key(companyId, end);
    const joining = [from, ...(members.get(key(companyId, from)) ?? [])];
    const joined = members.get(toKey) ?? new Set<string>();
    for (const member of joining) {
      const before = targets.get(key(companyId, member));
      if (before !== undefined) members.get(key(companyId, before))?.delete(member);
      targets.set(key(companyId, member), end);
      joined.add(member);
    }
    members.delete(key(companyId, from));
    members.set(toKey, joined);
  }

  function targetOf(companyId: number, fingerprint: string): string {
    return targets.size === 0 ? fingerprint : (targets.get(key(companyId, fingerprint)) ?? fingerprint);
  }

  return {
    load: (rows) => {
      targets = new Map();
      members = new Map();
      for (const row of rows) add(row.companyId, row.from, row.to);
    },
    add,
    targetOf,
    membersOf: (companyId, fingerprint) => [fingerprint, ...(members.get(key(companyId, fingerprint)) ?? [])],
  };
}
