#!/usr/bin/env node
// The command `errata`: configuration → app → start → signals → exit code. The only file that acts when it is loaded.
import { pino } from 'pino';
import { createApp } from './app.ts';
import { runTokenCommand } from './access/token-command.ts';
import { answerRoutes } from './api/routes.ts';
import { loadConfig, loadRemote } from './config.ts';
import { toFailure } from './failure.ts';
import { actions } from './healing/actions/catalogue.ts';
import { runBacktest } from './healing/backtest-command.ts';
import { probes } from './healing/probes/catalogue.ts';
import { readRules } from './healing/read-rules.ts';
import { runRulesCommand } from './healing/rules-command.ts';
import { runMcpCommand } from './mcp/mcp-command.ts';
import { ownTracer } from './own-telemetry.ts';
import { createClickHouseStore } from './store/clickhouse-store.ts';

const USAGE = `errata serve                       run the processor
errata mcp                         MCP for clients that start their servers themselves (errata mcp --help)
errata token create|list|revoke    who may send, read and fix (errata token --help)
errata rules check|test|schema     what is wrong with rules, before they run (errata rules --help)
errata rules backtest              what they would have done to the errors in the store
`;

/** Requests in flight and the last insert get this long at a stop; then the process ends all the same. */
const STOP_DEADLINE_MS = 15_000;

process.exitCode = await run(process.argv.slice(2));

async function run([command, ...rest]: readonly string[]): Promise<number> {
  if (command === 'serve') return serve();
  if (command === 'mcp') return mcp(rest);
  if (command === 'token') return token(rest);
  if (command === 'rules') return rules(rest);
  const asked = command === undefined || command === '--help';
  (asked ? process.stdout : process.stderr).write(USAGE);
  return asked ? 0 : 2;
}

async function mcp(argv: readonly string[]): Promise<number> {
  try {
    return await runMcpCommand(argv, {
      settings: loadRemote(),
      routes: answerRoutes,
      stdin: process.stdin,
      stderr: process.stderr,
      tracer: ownTracer(),
      logger: pino({ level: 'warn' }, process.stderr),
      now: Date.now,
    });
  } catch (cause) {
    process.stderr.write(`${toFailure(cause).message}\n`);
    return 1;
  }
}

function token(argv: readonly string[]): number {
  try {
    const { dataDir } = loadConfig({ serving: false });
    return runTokenCommand(argv, { dataDir, out: (line) => void process.stdout.write(`${line}\n`), now: Date.now });
  } catch (cause) {
    process.stderr.write(`${toFailure(cause).message}\n`);
    return 1;
  }
}

async function rules(argv: readonly string[]): Promise<number> {
  const out = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    const config = loadConfig({ serving: false });
    const backtest = (rest: readonly string[]) =>
      runBacktest(rest, {
        config: { ...config.healing, folder: config.rules },
        readRules: (folder) => readRules(folder, { probes, actions }),
        openStore: () => createClickHouseStore(config.store, { now: Date.now, logger: pino(process.stderr) }),
        out,
        err: process.stderr,
        now: Date.now,
      });
    return await runRulesCommand(argv, { folder: config.rules, out, backtest });
  } catch (cause) {
    process.stderr.write(`${toFailure(cause).message}\n`);
    return 1;
  }
}

async function serve(): Promise<number> {
  try {
    const config = loadConfig();
    const logger = pino({ level: config.logLevel });
    const app = await createApp(config, { logger, now: Date.now });
    const stopped = stopSignal();
    const addresses = await app.start();
    // Scripts wait for this line: it is told whatever the level.
    logger.child({}, { level: 'info' }).info(addresses, 'errata is ready');
    logger.info({ signal: await stopped }, 'stopping');
    await app.stop(STOP_DEADLINE_MS);
    return 0;
  } catch (cause) {
    const failure = toFailure(cause);
    const reason = failure.code === 'INTERNAL' ? String(cause instanceof Error ? cause.stack : cause) : failure.message;
    process.stderr.write(`errata can't start: ${reason}\n`);
    return 1;
  }
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
