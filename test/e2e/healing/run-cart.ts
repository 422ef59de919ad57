// cart-service.mjs in a container of its own: Node with the service in it, on the network of the machine, so that Redis,
// Errata and the fix endpoint are at 127.0.0.1.
import { existsSync, realpathSync } from 'node:fs';
import type Docker from 'dockerode';

const SCRIPT = 'test/e2e/healing/cart-service.mjs';
/** Of Node, where they are on this machine. */
const LIBRARIES = ['/usr', '/lib', '/lib64'].filter((path) => existsSync(path));

export interface Cart {
  readonly name: string;
  /** How long its connections leak. */
  readonly leaks: 'until reset' | 'until restart' | 'for ever';
  readonly redisPort: number;
  readonly fixPort: number;
  readonly secret: string;
  /** Where it reports, and as whom. */
  readonly otlp: string;
  readonly token?: string;
}

/** Its id. */
export async function runCart(docker: Docker, cart: Cart): Promise<string> {
  const here = process.cwd();
  const env = {
    SERVICE: cart.name,
    LEAKS: cart.leaks,
    REDIS: `redis://127.0.0.1:${cart.redisPort}`,
    FIX_PORT: cart.fixPort,
    FIX_SECRET: cart.secret,
    OTEL_EXPORTER_OTLP_ENDPOINT: cart.otlp,
    ...(cart.token === undefined ? {} : { ERRATA_TOKEN: cart.token }),
  };
  const container = await docker.createContainer({
    name: cart.name,
    Image: 'busybox',
    Cmd: [process.execPath, `${here}/${SCRIPT}`],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { 'errata.autofix': 'true', 'errata.service': cart.name },
    StopSignal: 'SIGKILL',
    HostConfig: {
      NetworkMode: 'host',
      Binds: [...LIBRARIES, process.execPath, here, realpathSync('node_modules')].map((path) => `${path}:${path}:ro`),
    },
  });
  await container.start();
  return container.id;
}
