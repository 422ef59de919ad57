// When an error happened, to the nanosecond and never twice: without a trace the pipeline knows two equal errors apart
// by their time alone, and a millisecond holds many.
import type { HrTime } from '@opentelemetry/api';

export function createClock(nowMs: () => number): () => HrTime {
  let lastMs = 0;
  let nanos = 0;
  return () => {
    const ms = Math.floor(nowMs());
    // Within one millisecond, or when the system's clock was set back by less than a second, the count goes on.
    if (ms > lastMs || lastMs - ms > 1000) {
      lastMs = ms;
      nanos = 0;
    } else if (++nanos === 1_000_000) {
      lastMs++;
      nanos = 0;
    }
    return [Math.floor(lastMs / 1000), (lastMs % 1000) * 1_000_000 + nanos];
  };
}
