// Where a probe looks. Host and port come from the target alone: what telemetry says is never called.
import * as z from 'zod';
import type { Protocol, Target } from '../target.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const portField = z
  .int()
  .min(1)
  .max(65_535)
  .optional()
  .describe('Port of the container, when the catalogue gives no address. Default: the usual one of the protocol.');

const usualPorts: Readonly<Record<Protocol, number>> = {
  postgresql: 5432,
  redis: 6379,
  mysql: 3306,
  memcached: 11211,
  amqp: 5672,
  mongodb: 27017,
  http: 80,
  grpc: 50051,
  tls: 443,
};

/** undefined: neither the catalogue nor the container tells. `protocol`: what the probe itself speaks. */
export function addressOf(
  { service, container }: Target,
  port: number | undefined,
  protocol = service.protocol,
): Address | undefined {
  if (service.address !== undefined) return service.address;
  const host = container?.addresses[0];
  const usual = port ?? (protocol === undefined ? undefined : usualPorts[protocol]);
  return host === undefined || usual === undefined ? undefined : { host, port: usual };
}
