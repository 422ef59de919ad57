import { speaksOtlp } from './ask-http.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** Where a collector beside the processor listens. */
const BESIDE = { port: 4318, url: 'http://127.0.0.1:4318' };

const { good, bad } = findingsOf('collector');

/** `named`: base URL of its OTLP port, by --collector. Not named, it may be beside us; services can do without. */
export async function checkCollector(named: string | undefined, ownOtlpPort: number): Promise<readonly Finding[]> {
  if (named === undefined) {
    if (ownOtlpPort === BESIDE.port) return [good('none was named (--collector URL)')];
    return [
      good((await speaksOtlp(BESIDE.url)) ? `${BESIDE.url} takes OTLP` : `none at ${BESIDE.url}, none was named`),
    ];
  }
  if (await speaksOtlp(named)) return [good(`${named} takes OTLP`)];
  return [bad(`${named} does not take OTLP`, 'is it up, and is this its OTLP/HTTP port? its health check: port 13133')];
}
