// Are the ports ours to take, or taken by the processor that runs?
import { speaksOtlp, urlOf } from './ask-http.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';
import { doorNames, findPortFault } from './port-fault.ts';

interface PortsQuestion {
  readonly host: string;
  readonly ports: { readonly otlp: number; readonly api: number; readonly admin: number };
  readonly isRunning: boolean;
}

const { good, bad } = findingsOf('ports');

export async function checkPorts({ host, ports, isRunning }: PortsQuestion): Promise<readonly Finding[]> {
  return Promise.all(
    doorNames.map(async (name) => {
      const port = ports[name];
      if (port === 0) return good(`${name}: any free one`);
      const fault = await findPortFault({ host, ports }, name);
      if (fault === undefined) return freePort({ name, port, isRunning });
      if (fault.code !== 'EADDRINUSE' || !isRunning) return bad(fault.found, fault.todo);
      if (name === 'otlp' && !(await speaksOtlp(urlOf(host, port))))
        return bad(`${name}: what listens on ${port} does not speak OTLP`, fault.todo);
      return good(`${name}: ${port} is held by the running processor`);
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
