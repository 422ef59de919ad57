// Can a door be opened where the configuration puts it, and what to do if not. Asked before a start, so that nothing is half up.
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { once } from 'node:events';
import { Failure } from '../failure.ts';

export type DoorName = 'otlp' | 'api' | 'admin';

interface Doors {
  readonly host: string;
  /** 0: any free one. */
  readonly ports: Readonly<Record<DoorName, number>>;
}

export interface PortFault {
  /** Of the system. */
  readonly code: string;
  readonly found: string;
  readonly todo: string;
}

export const doorNames: readonly DoorName[] = ['otlp', 'api', 'admin'];

/** undefined: the port is free. */
export async function findPortFault({ host, ports }: Doors, name: DoorName): Promise<PortFault | undefined> {
  const tried = await listen(host, ports[name]);
  if (typeof tried !== 'string') {
    tried.close();
    await once(tried, 'close');
    return undefined;
  }
  return faultOf({ host, ports }, name, tried);
}

/** Throws CONFIG_INVALID with a line for each door that can't be opened. */
export async function refuseTakenPorts(doors: Doors): Promise<void> {
  const lines: string[] = [];
  for (const name of doorNames) {
    const other = doorNames.slice(0, doorNames.indexOf(name)).find((one) => isSamePort(doors, one, name));
    const fault = other === undefined ? await findPortFault(doors, name) : sharedPort(doors, name, other);
    if (fault !== undefined) lines.push(lineOf(fault));
  }
  if (lines.length > 0) throw new Failure('CONFIG_INVALID', lines.join('\n'));
}

/** What a door throws that was taken between the look at it and its opening. */
export function toListenFailure(doors: Doors, name: DoorName, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause) || cause.syscall !== 'listen') return cause;
  return new Failure('CONFIG_INVALID', lineOf(faultOf(doors, name, codeOf(cause))), { cause });
}

function lineOf({ found, todo }: PortFault): string {
  return `${found}: ${todo}`;
}

function isSamePort({ ports }: Doors, one: DoorName, other: DoorName): boolean {
  return ports[one] !== 0 && ports[one] === ports[other];
}

function sharedPort({ ports }: Doors, name: DoorName, other: DoorName): PortFault {
  return {
    code: 'EADDRINUSE',
    found: `${name}: ${ports[name]} is the port of ${other} as well`,
    todo: `set ${variableOf(name)}`,
  };
}

function faultOf({ host, ports }: Doors, name: DoorName, code: string): PortFault {
  const port = ports[name];
  const variable = variableOf(name);
  switch (code) {
    case 'EADDRINUSE':
      return { code, found: `${name}: ${port} is taken by another program`, todo: `stop it, or set ${variable}` };
    case 'EACCES':
      return {
        code,
        found: `${name}: this user may not listen on ${port}`,
        todo: `set ${variable} to a port above 1023`,
      };
    default:
      return {
        code,
        found: `${name}: ${host}:${port} can't be listened on (${code})`,
        todo: 'set ERRATA_HOST to an address of this machine',
      };
  }
}

function variableOf(name: DoorName): string {
  return `ERRATA_${name.toUpperCase()}_PORT`;
}

/** A text: the code of why not. */
async function listen(host: string, port: number): Promise<Server | string> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  } catch (cause) {
    return codeOf(cause);
  }
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'no code';
}
