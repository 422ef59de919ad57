// Of a handful of rounds: one that met a slow moment of the machine does not count.
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
