// Which protocol a HEALTHCHECK asks for, guessed from the program that it calls. The first that is named decides, gRPC's
// before those of HTTP: `grpc_health_probe -addr=...` may stand beside a curl.
import type { Protocol } from '../target.ts';

const programs: readonly (readonly [pattern: RegExp, protocol: Protocol])[] = [
  [/\bgrpc[-_]?(?:health[-_]?probe|url)/, 'grpc'],
  [/\b(?:pg_isready|psql)\b/, 'postgresql'],
  [/\b(?:redis|valkey)-cli\b/, 'redis'],
  [/\b(?:mysqladmin|mariadb-admin|mysql|mariadb)\b/, 'mysql'],
  [/\b(?:mongosh?|mongod)\b/, 'mongodb'],
  [/\b(?:rabbitmq-diagnostics|rabbitmqctl)\b/, 'amqp'],
  [/\bmemc(?:stat|ping|ached)\b/, 'memcached'],
  [/\b(?:curl|wget|http|httpie|https?:\/\/)/, 'http'],
  [/\bopenssl s_client\b/, 'tls'],
];

/** undefined: no guess. */
export function healthProtocolOf(command: string): Protocol | undefined {
  return programs.find(([pattern]) => pattern.test(command))?.[1];
}
