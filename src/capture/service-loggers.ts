// One logger for each service name: OpenTelemetry keeps the name in the resource, and the seed's call gives it each time.
import type { Logger } from '@opentelemetry/api-logs';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import type { Identity } from './resource.ts';
import { resourceOf } from './resource.ts';

/** A process speaks for a handful of services; a name made from data must not fill the memory. */
const MAX_SERVICES = 16;

/** Beyond the bound the started service's logger is used. */
export function createServiceLoggers(identity: Identity, processor: LogRecordProcessor): (service?: string) => Logger {
  const create = (service: string): Logger =>
    new LoggerProvider({ resource: resourceOf({ ...identity, service }), processors: [processor] }).getLogger(
      'errata-capture',
    );
  const own = create(identity.service);
  const loggers = new Map<string, Logger>([[identity.service, own]]);
  return (service = identity.service) => {
    const known = loggers.get(service);
    if (known !== undefined) return known;
    if (loggers.size > MAX_SERVICES) return own;
    const logger = create(service);
    loggers.set(service, logger);
    return logger;
  };
}
