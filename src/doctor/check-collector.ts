import { request, speaksOtlp } from './ask-http.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** Where a collector beside the processor listens. */
const BESIDE = { port: 4318, url: 'http://127.0.0.1:4318' };

const { good, warning, bad } = findingsOf('collector');

/** `named`: base URL of its OTLP port, by --collector. Not named, it may be beside us; services can do without. */
export async function checkCollector(named: string | undefined, ownOtlpPort: number): Promise<readonly Finding[]> {
  if (named === undefined) {
    if (ownOtlpPort === BESIDE.port) return [good('none was named (--collector URL)')];
    if (!(await speaksOtlp(BESIDE.url))) return [good(`none at ${BESIDE.url}, none was named`)];
    return [
      good(
        (await isErrata(BESIDE.url)) ? `none was named; ${BESIDE.url} is another Errata` : `${BESIDE.url} takes OTLP`,
      ),
    ];
  }
  if (!(await speaksOtlp(named)))
    return [
      bad(`${named} does not take OTLP`, 'is it up, and is this its OTLP/HTTP port? its health check: port 13133'),
    ];
  if (await isErrata(named))
    return [
      warning(
        `${named} is an Errata, no collector`,
        'services may send to it, but nothing keeps their errors while it is away: collector/README.md',
      ),
    ];
  return [good(`${named} takes OTLP`)];
}

/** Our receiver says of another path what it takes. */
async function isErrata(base: string): Promise<boolean> {
  const answer = await request(base);
  return answer?.status === 404 && answer.body.includes('this receiver takes /v1/traces and /v1/logs');
}
