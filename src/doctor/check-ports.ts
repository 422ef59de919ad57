// Are the ports ours to take, or taken by the processor that runs?
import { once } from 'node:events';
import { createServer } from 'node:net';
import { speaksOtlp, urlOf } from './ask-http.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

interface PortsQuestion {
  readonly host: string;
  readonly ports: { readonly otlp: number; readonly api: number; readonly admin: number };
  readonly isRunning: boolean;
}

const { good, bad } = findingsOf('ports');

export async function checkPorts({ host, ports, isRunning }: PortsQuestion): Promise<readonly Finding[]> {
  return Promise.all(
    (['otlp', 'api', 'admin'] as const).map(async (name) => {
      const port = ports[name];
      if (port === 0) return good(`${name}: any free one`);
      const refusal = await tryListen(host, port);
      if (refusal === undefined) return freePort({ name, port, isRunning });
      const variable = `ERRATA_${name.toUpperCase()}_PORT`;
      switch (refusal) {
        case 'EADDRINUSE':
          if (!isRunning) return bad(`${name}: ${port} is taken by another program`, `stop it, or set ${variable}`);
          if (name === 'otlp' && !(await speaksOtlp(urlOf(host, port))))
            return bad(`${name}: what listens on ${port} does not speak OTLP`, `stop it, or set ${variable}`);
          return good(`${name}: ${port} is held by the running processor`);
        case 'EACCES':
          return bad(`${name}: this user may not listen on ${port}`, `set ${variable} to a port above 1023`);
        default:
          return bad(
            `${name}: ${host}:${port} can't be listened on (${refusal})`,
            'set ERRATA_HOST to an address of this machine',
          );
      }
    }),
  );
}

function freePort({ name, port, isRunning }: { name: string; port: number; isRunning: boolean }): Finding {
  if (isRunning && name !== 'admin')
    return bad(
      `${name}: a processor runs, and nothing listens on ${port}`,
      'restart it: it has other ports than this configuration',
    );
  return good(`${name}: ${port} is free`);
}

/** The error code, or undefined when it worked. */
async function tryListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? 'no code';
  }
}
