// What this browser remembers of its own: looks and habits, never a secret. Storage may be switched off.

export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(`errata.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** undefined forgets it. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`errata.${name}`);
    else localStorage.setItem(`errata.${name}`, value);
  } catch {
    // Then it holds until the page is closed.
  }
}
