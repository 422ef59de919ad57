// Nobody should have to look up an error code to learn that there is no room left.

/** NOT_ENOUGH_SPACE of ClickHouse, which keeps some for itself; the system's own word for it comes inside other codes. */
const NOT_ENOUGH_SPACE = '243';
const NO_SPACE = /No space left on device|errno: 28\b|ENOSPC/;

export function isDiskFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  return code === NOT_ENOUGH_SPACE || code === 'ENOSPC' || NO_SPACE.test(cause.message);
}
