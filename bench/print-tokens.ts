// `npm run tokens`: what the tools cost a model (cl100k). First the list, which is in every conversation; then typical answers,
// over a real store with the errors of a bad day: 12 services, 30 kinds of errors, fixes and delegations.
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import type { ErrorType, Severity } from '../src/errors/error-event.ts';
import { instructions } from '../src/mcp/instructions.ts';
import { describe } from '../src/mcp/serve-tools.ts';
import { tools } from '../src/mcp/tools.ts';
import { parseInput } from '../src/operations/operation.ts';
import { openTestApi } from '../test/api/open-test-api.ts';
import type { TestApi } from '../test/api/open-test-api.ts';
import { contextOf } from '../test/mcp/tool-context.ts';
import { attemptOn, rule } from '../test/operations/memory-healing.ts';

const HOUR_MS = 3_600_000;

/** [severity, type, exception, message]; `#` becomes a number. */
const KINDS: readonly (readonly [Severity, ErrorType, string, string])[] = [
  ['critical', 'connection_failed', 'PostgresError', 'connect ECONNREFUSED 10.0.0.#:5432'],
  ['error', 'pool_exhausted', 'RedisPoolError', 'timed out after 5000 ms waiting for a connection (#/50 in use)'],
  ['error', 'health_check_failed', 'HealthCheckError', 'PostgreSQL health check failed: Parse Error: Expected HTTP/'],
  ['warning', 'timeout', 'TimeoutError', 'GET http://inventory:8080/items/# took longer than 3000 ms'],
  ['error', 'api_error', 'HttpError', 'POST /v1/charges answered 502 for order #'],
];
const SERVICES = ['checkout', 'payments', 'inventory', 'search', 'mail', 'auth'];

const t = await openTestApi();
try {
  const errorId = await seed(t);
  printTools();
  await printAnswers(t, errorId);
} finally {
  await t.close();
}

async function seed({ store, healing, operations }: TestApi): Promise<string> {
  const nowMs = operations.now();
  const events = SERVICES.flatMap((service, s) =>
    KINDS.flatMap(([severity, errorType, exceptionType, message], k) =>
      Array.from({ length: 20 }, (_, n) =>
        operations.makeError(
          {
            service,
            severity,
            errorType,
            exceptionType,
            message: message.replace('#', String(10 + ((n * 7) % 90))),
            details: { port: 5432, attempt: n, pool: 'main', url: `postgres://${service}-db:5432/${service}` },
            stackTrace: stackOf(exceptionType, message, 12 + s),
            environment: 'production',
            release: `2026.11.${k}`,
            host: `web-${n % 4}`,
            traceId: String(n).padStart(32, 'a'),
            timestampMs: nowMs - ((n + 1) * 36 * HOUR_MS) / 20 - s * 1_000 - k,
          },
          { companyId: 1, nowMs, newId: operations.newId },
        ),
      ),
    ),
  );
  await store.insert(events);
  const { errors } = await store.listErrors({ companyId: 1, severity: ['critical'], limit: 20 });
  for (const [index, error] of errors.entries()) {
    await healing.put(
      attemptOn(error, {
        state: 'ended',
        outcome: index % 3 === 0 ? 'ineffective' : 'succeeded',
        note: 'restarted checkout-1; silent for 60 s',
        startedAtMs: nowMs - index * HOUR_MS,
      }),
    );
  }
  const [first, ...others] = errors;
  if (first === undefined) throw new Error('nothing was stored');
  for (const error of [first, ...others.slice(0, 5)]) {
    await ask(t, 'devops.agents.delegate', {
      error_id: error.id,
      agent: 'morgan',
      reason: 'The fix was proven not to help.',
      questions: ['Is the database up?', 'Since when does it refuse connections?'],
    });
  }
  return first.id;
}

function stackOf(type: string, message: string, frames: number): string {
  const lines = Array.from({ length: frames }, (_, n) =>
    n % 3 === 2
      ? `    at async handle (/app/node_modules/fastify/lib/handle-request.js:${100 + n}:9)`
      : `    at async placeOrder${n} (/app/src/orders/place-order.js:${40 + n}:13)`,
  );
  return [`${type}: ${message}`, ...lines].join('\n');
}

async function ask(api: TestApi, name: string, args: object): Promise<Record<string, unknown>> {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  const context = contextOf(api.operations, { company: 1 });
  return (await tool.run(context, parseInput(tool.input, args))).output;
}

function printTools(): void {
  const rows = tools.map((tool) => {
    const { name, description, inputSchema, outputSchema } = describe(tool, 'dotted');
    const input = tokensOf({ name, description, inputSchema });
    return [name, input, tokensOf({ name, description, inputSchema, outputSchema })] as const;
  });
  const sum = (at: 1 | 2) => rows.reduce((all, row) => all + row[at], 0);
  print(['tool', 'tokens', 'with output schema'], [...rows, ['all', sum(1), sum(2)]]);
  print(['beside them', 'tokens'], [['instructions', countTokens(instructions)]]);
}

async function printAnswers(api: TestApi, errorId: string): Promise<void> {
  api.healing.answerNext({
    kind: 'dry_run',
    rule,
    targetName: 'checkout-db-1',
    facts: { 'tcp.open': false, 'container.state': 'exited', 'container.exit_code': 137 },
    branch: 'stopped',
    finding: 'DATABASE_STOPPED',
    steps: [{ id: 'start', action: 'container.start', with: {}, timeoutMs: 1, retries: 0, onFail: 'next' }],
    verify: 'no error of the same groups for 1 min, from 5 s after the change on',
    handOver: undefined,
    mode: 'approve',
    suppression: undefined,
  });
  const asked: readonly (readonly [string, string, object])[] = [
    // First, because the answer above is for it.
    ['a plan', 'devops.errors.plan', { error_id: errorId }],
    ['list of 20', 'devops.errors.list', {}],
    ['list of 200, cut', 'devops.errors.list', { limit: 200 }],
    ['groups, 20', 'devops.errors.groups', {}],
    ['one error', 'devops.errors.get', { error_id: errorId }],
    ['one error in full', 'devops.errors.get', { error_id: errorId, detail: 'full' }],
    ['trends of a day', 'devops.errors.trends', { interval: '1h' }],
    ['trends of a day, by service', 'devops.errors.trends', { group_by: 'service', interval: '6h' }],
    ['similar, 5', 'devops.errors.similar', { error_id: errorId }],
    ['fixes, 20', 'devops.fixes.history', {}],
    ['a fix', 'devops.errors.fix', { error_id: errorId }],
    ['rules for an error', 'devops.rules.list', { error_id: errorId }],
    ['an inbox of 6', 'devops.agents.inbox', {}],
  ];
  const rows: (readonly [string, string, number, number])[] = [];
  for (const [what, name, args] of asked) {
    const output = await ask(api, name, args);
    rows.push([what, name, JSON.stringify(output).length, tokensOf(output)]);
  }
  print(['answer', 'of', 'characters', 'tokens'], rows);
}

/** As it goes over the wire: compact JSON. */
function tokensOf(value: unknown): number {
  return countTokens(JSON.stringify(value));
}

function print(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => String(row[at]).length)));
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells
      .map((cell, at) =>
        typeof cell === 'number' ? String(cell).padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join(' | ')} |\n`;
  process.stdout.write(`${line(head)}${line(widths.map((width) => '-'.repeat(width)))}${rows.map(line).join('')}\n`);
}
