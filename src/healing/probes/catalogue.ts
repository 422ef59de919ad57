// All probes by name.
import type { Probe } from '../probe.ts';
import { checkExpected } from './check-expected.ts';
import { containerInspect } from './container-inspect.ts';
import { containerUsage } from './container-usage.ts';
import { dnsResolve } from './dns-resolve.ts';
import { errorsRate } from './errors-rate.ts';
import { httpGet } from './http-get.ts';
import { memoryTrend } from './memory-trend.ts';
import { postgresLogin } from './postgres-login.ts';
import { postgresStats } from './postgres-stats.ts';
import { protocolSniff } from './protocol-sniff.ts';
import { redisInfo } from './redis-info.ts';
import { redisPing } from './redis-ping.ts';
import { tcpConnect } from './tcp-connect.ts';

export const probes: ReadonlyMap<string, Probe> = new Map(
  [
    containerInspect,
    containerUsage,
    dnsResolve,
    tcpConnect,
    protocolSniff,
    httpGet,
    postgresLogin,
    postgresStats,
    redisPing,
    redisInfo,
    errorsRate,
    memoryTrend,
    checkExpected,
  ].map((probe) => [probe.name, probe]),
);
