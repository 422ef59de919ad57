// The whole of it for one test file: a real Docker engine behind the recording proxy, a real processor with the shipped
// rules (their times shortened), and errors that come in over OTLP.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { startEngine } from '../../healing/docker/engine.ts';
import type { RealEngine } from '../../healing/docker/engine.ts';
import { startRecordingProxy } from '../../healing/docker/recording-proxy.ts';
import type { RecordingProxy } from '../../healing/docker/recording-proxy.ts';
import { startProcessor } from '../../processor.ts';
import type { Processor } from '../../processor.ts';
import { writeQuickRules } from './quick-rules.ts';
import type { QuickRules } from './quick-rules.ts';

export interface Stage {
  readonly real: RealEngine;
  readonly proxy: RecordingProxy;
  readonly dataDir: string;
  processor(): Processor;
  /** SIGKILL, then a start with the same data. */
  killAndStart(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Errors of one service that could not reach another, over OTLP. */
  report(errors: readonly Reported[]): Promise<void>;
  attempts(filter?: string): Promise<readonly AttemptView[]>;
  /** Waits for the newest attempt that fits. */
  attempt(fits: (attempt: AttemptView) => boolean, timeoutMs?: number): Promise<AttemptView>;
  get<T>(path: string): Promise<T>;
  post(path: string, body?: object): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
}

export interface Reported {
  readonly service?: string;
  readonly type: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** As GET /api/fixes shows it; only what tests look at. */
export interface AttemptView {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly suppression: string | null;
  readonly rule_id: string;
  readonly target: string;
  readonly finding: string;
  readonly branch: string;
  readonly note: string;
  readonly escalated_to: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly joined: number;
  readonly error_id: string;
  readonly timings_ms: Readonly<Record<'fired' | 'started' | 'acted' | 'ended', number | null>>;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly steps: readonly { readonly action: string; readonly state: string; readonly note: string }[];
}

export interface StageOptions extends QuickRules {
  /** Of errata.yaml; `healing` is merged with what tests need. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly healing?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'errata-stage-'));
  const dataDir = join(directory, 'data');
  const rules = join(directory, 'rules');
  await writeQuickRules(rules, options);
  const config = join(directory, 'errata.yaml');
  await writeFile(
    config,
    stringify({ ...options.config, healing: { mode: 'auto', deploy_grace: '0ms', ...options.healing } }),
  );
  const real = await startEngine();
  await real.importBusybox();
  const proxy = await startRecordingProxy(real.socket);
  const env = { ERRATA_CONFIG: config, ERRATA_RULES: rules, DOCKER_HOST: proxy.host, ...options.env };
  let processor: Processor | undefined;
  const running = (): Processor => {
    if (processor === undefined) throw new Error('the processor is not running');
    return processor;
  };
  const start = async () => void (processor = await startProcessor(dataDir, { env }));

  const stage: Stage = {
    real,
    proxy,
    dataDir,
    processor: running,
    start,
    kill: () => running().kill(),
    killAndStart: async () => {
      await running().kill();
      await start();
    },
    report: async (errors) => {
      const response = await fetch(`${running().otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: errors.map(toResourceSpan) }),
      });
      if (response.status !== 200) throw new Error(`refused: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    },
    attempts: async (filter = '') =>
      (await stage.get<{ fixes: readonly AttemptView[] }>(`/api/fixes?limit=200${filter}`)).fixes,
    attempt: (fits, timeoutMs = 30_000) =>
      vi.waitFor(
        async () => {
          const all = await stage.attempts();
          const found = all.find(fits);
          if (found === undefined) throw new Error(`no attempt fits; there are ${JSON.stringify(all)}`);
          return stage.get<AttemptView>(`/api/fixes/${found.id}`);
        },
        { timeout: timeoutMs, interval: 100 },
      ),
    get: async <T>(path: string) => (await (await fetch(`${running().api}${path}`)).json()) as T,
    post: async (path, body = {}) => {
      const response = await fetch(`${running().api}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    stop: async () => {
      await processor?.kill().catch(() => undefined);
      await proxy.stop();
      await real.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (cause) {
    await stage.stop();
    throw cause;
  }
  return stage;
}

let spans = 0;

function toResourceSpan({ service = 'checkout', type, message, attributes }: Reported): object {
  spans += 1;
  const id = spans.toString(16).padStart(16, '0');
  const time = String(BigInt(Date.now()) * 1_000_000n);
  const values = Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
  return {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: `${process.pid.toString(16).padStart(16, '0')}${id}`,
            spanId: id,
            name: 'GET',
            kind: 3,
            startTimeUnixNano: time,
            endTimeUnixNano: time,
            status: { code: 2, message },
            attributes: values,
            events: [
              {
                timeUnixNano: time,
                name: 'exception',
                attributes: [
                  { key: 'exception.type', value: { stringValue: type } },
                  { key: 'exception.message', value: { stringValue: message } },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}
