#!/usr/bin/env node
// The command `errata`: configuration → app → start → signals → exit code. The only file that acts when it is loaded.
import { setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { runTokenCommand } from './access/token-command.ts';
import { answerRoutes } from './api/routes.ts';
import { loadConfig, loadRemote } from './config.ts';
import type { Config } from './config.ts';
import { Failure } from './failure.ts';
import { runDoctorCommand } from './doctor/doctor-command.ts';
import { refuseTakenPorts } from './doctor/port-fault.ts';
import { actions } from './healing/actions/catalogue.ts';
import { runBacktest } from './healing/backtest-command.ts';
import { probes } from './healing/probes/catalogue.ts';
import { readRules } from './healing/read-rules.ts';
import { runRulesCommand } from './healing/rules-command.ts';
import { VERSION } from './mcp/build-server.ts';
import { runMcpCommand } from './mcp/mcp-command.ts';
import { ownTracer } from './own-telemetry.ts';
import { runBackupCommand } from './store/backup-command.ts';
import { createClickHouseStore } from './store/clickhouse-store.ts';
import { finishRestore } from './store/finish-restore.ts';

const USAGE = `errata serve                       run the processor
errata mcp                         MCP for clients that start their servers themselves (errata mcp --help)
errata token create|list|revoke    who may send, read and fix (errata token --help)
errata rules check|test|schema     what is wrong with rules, before they run (errata rules --help)
errata rules backtest              what they would have done to the errors in the store
errata doctor                      is everything in place, and what to do if not (errata doctor --help)
errata backup FOLDER               the embedded store, tokens and corrected health checks
errata restore FOLDER              a backup into an empty data folder
errata --version
`;

const SERVE_USAGE = `errata serve

Takes no arguments: errata.yaml and the environment say all there is to say (docs/configuration.md).
`;

/**
 * In per cent of what lives, how much garbage the heap may hold before it is collected. V8 takes 300 where the machine has
 * memory for it. A storm's peak is 1.15 GiB with this and 1.12 with 100, which takes a tenth more time for an error.
 */
const HEAP_GROWING_PERCENT = 250;

/** Requests in flight and the last insert get this long at a stop; then the process ends all the same. */
const STOP_DEADLINE_MS = 15_000;

process.exitCode = await run(process.argv.slice(2));

async function run([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case 'serve':
      return rest.length === 0 ? serve() : answerServe(rest);
    case 'mcp':
      return orSay(() => mcp(rest));
    case 'token':
      return orSay(async () => token(rest));
    case 'rules':
      return orSay(() => rules(rest));
    case 'doctor':
      return orSay(() => doctor(rest));
    case 'backup':
    case 'restore':
      return orSay(() => backup(command, rest));
    case '--version':
    case '-v':
      out(VERSION);
      return 0;
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(`there is no command ${command}\n\n${USAGE}`);
      return 2;
  }
}

/** Whoever asks for help must not find a processor running. */
function answerServe(argv: readonly string[]): number {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(SERVE_USAGE);
    return 0;
  }
  process.stderr.write(`serve takes no arguments: ${argv.join(' ')}\n\n${SERVE_USAGE}`);
  return 2;
}

/** What a command could not do is told in one line, without a stack. */
async function orSay(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (cause) {
    // No log holds what was unforeseen here.
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 1;
  }
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

function mcp(argv: readonly string[]): Promise<number> {
  return runMcpCommand(argv, {
    settings: loadRemote(),
    routes: answerRoutes,
    stdin: process.stdin,
    stderr: process.stderr,
    tracer: ownTracer(),
    logger: pino({ level: 'warn' }, process.stderr),
    now: Date.now,
  });
}

function token(argv: readonly string[]): number {
  const { dataDir, agents } = loadConfig({ serving: false });
  return runTokenCommand(argv, { dataDir, agents: agents.roster.map(({ name }) => name), out, now: Date.now });
}

function rules(argv: readonly string[]): Promise<number> {
  const config = loadConfig({ serving: false });
  const backtest = (rest: readonly string[]) =>
    runBacktest(rest, {
      config: {
        ...config.healing,
        folder: config.rules,
        hasEngine: config.docker.host !== undefined,
        services: config.services,
      },
      readRules: (folder) => readRules(folder, { probes, actions }),
      openStore: () => createClickHouseStore(config.store, { now: Date.now, logger: pino(process.stderr) }),
      out,
      err: process.stderr,
      now: Date.now,
    });
  return runRulesCommand(argv, { folder: config.rules, mode: config.healing.mode, out, backtest });
}

function doctor(argv: readonly string[]): Promise<number> {
  return runDoctorCommand(argv, {
    load: (serving) => loadConfig({ serving }),
    out,
    now: Date.now,
    logger: pino({ level: 'silent' }),
  });
}

function backup(command: 'backup' | 'restore', argv: readonly string[]): Promise<number> {
  const { store } = loadConfig({ serving: false });
  const logger = pino({ level: 'warn' }, process.stderr);
  return runBackupCommand(command, argv, { store, version: VERSION, out, logger, now: Date.now });
}

/** A restore that was cut off at its end may still hold the tokens, which the configuration is judged with. */
async function loadServing(): Promise<Config> {
  let dataDir: string;
  try {
    ({ dataDir } = loadConfig({ serving: false }));
  } catch {
    // Throws again, with the faults that only serving has among the others.
    return loadConfig();
  }
  await finishRestore(dataDir);
  return loadConfig();
}

async function serve(): Promise<number> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  try {
    const config = await loadServing();
    await refuseTakenPorts(config);
    const logger = pino({ level: config.logLevel });
    const app = await createApp(config, { logger, now: Date.now });
    const stopped = stopSignal();
    const addresses = await app.start();
    // Scripts wait for this line: it is told whatever the level.
    logger.child({}, { level: 'info' }).info(addresses, 'errata is ready');
    // For whoever started it by hand; everything else reads the line above.
    if (process.stderr.isTTY) process.stderr.write(welcome(addresses));
    logger.info({ signal: await stopped }, 'stopping');
    await app.stop(STOP_DEADLINE_MS);
    return 0;
  } catch (cause) {
    process.stderr.write(`errata can't start: ${reasonOf(cause)}\n`);
    return 1;
  }
}

/** A stack only of what is a bug: what we said ourselves, and what the system refused, speaks for itself. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause instanceof Failure || 'syscall' in cause ? cause.message : (cause.stack ?? cause.message);
}

function welcome({ otlp, api, admin }: { otlp: string; api: string; admin: string }): string {
  return `
  Admin page  ${admin}/admin
  REST        ${api}/docs
  OTLP/HTTP   ${otlp}

  Nothing sends errors yet? In another terminal: npm run demo

`;
}

/** The second signal ends the process at once: somebody is waiting. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
    }
  });
}
