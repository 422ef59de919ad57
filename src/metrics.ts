// Counters, gauges and histograms in Prometheus' text format 0.0.4. Small on purpose: what is counted is known here, and
// the number of series is bounded, whatever label values come in from outside.

export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(amount?: number, labels?: Labels): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

export interface Metrics {
  /** `name` ends in `_total`. */
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** A gauge that is asked when the metrics are read. */
  watch(name: string, help: string, read: () => number): void;
  /** `name` ends in its unit; `bounds` are upper bounds, rising. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** The text that a scraper reads. */
  expose(): string;
  /** The same as numbers, for our own OpenTelemetry metrics; a histogram gives its count and sum. */
  read(): readonly Reading[];
}

export interface Reading {
  readonly name: string;
  readonly help: string;
  /** counter: it only rises. */
  readonly kind: 'counter' | 'gauge';
  readonly points: readonly { readonly labels: Labels; readonly value: number }[];
}

/** Series of one metric; further label values are counted together under `other`. */
const MAX_SERIES = 1_000;

/** Upper bounds in seconds for anything a caller waits for. */
export const SECONDS_BOUNDS: readonly number[] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Metric {
  readonly expose: () => readonly string[];
  readonly read: () => readonly Reading[];
}

export function createMetrics(): Metrics {
  const metrics = new Map<string, Metric>();
  const register = (name: string, metric: Metric) => {
    if (metrics.has(name)) throw new Error(`the metric ${name} is declared twice`);
    metrics.set(name, metric);
  };
  /** Counters and gauges are shown as they are read. */
  const registerSimple = (name: string, read: () => Reading) => {
    const expose = () => {
      const { help, kind, points } = read();
      return [...head(name, help, kind), ...points.map(({ labels, value }) => line(name, labels, value))];
    };
    register(name, { expose, read: () => [read()] });
  };
  return {
    counter(name, help) {
      const series = createSeries(() => ({ value: 0 }));
      registerSimple(name, () => ({ name, help, kind: 'counter', points: series.points(({ value }) => value) }));
      return {
        add(amount = 1, labels = {}) {
          series.at(labels).value += amount;
        },
      };
    },
    gauge(name, help) {
      const series = createSeries(() => ({ value: 0 }));
      registerSimple(name, () => ({ name, help, kind: 'gauge', points: series.points(({ value }) => value) }));
      return {
        set(value, labels = {}) {
          series.at(labels).value = value;
        },
      };
    },
    watch(name, help, read) {
      registerSimple(name, () => ({ name, help, kind: 'gauge', points: [{ labels: {}, value: read() }] }));
    },
    histogram(name, help, bounds) {
      const series = createSeries(() => ({ counts: bounds.map(() => 0), count: 0, sum: 0 }));
      const expose = () => [
        ...head(name, help, 'histogram'),
        ...series.lines((labels, { counts, count, sum }) => [
          ...bounds.map((bound, index) => line(`${name}_bucket`, { ...labels, le: `${bound}` }, counts[index] ?? 0)),
          line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
          line(`${name}_sum`, labels, sum),
          line(`${name}_count`, labels, count),
        ]),
      ];
      const read = (): readonly Reading[] => [
        { name: `${name}_count`, help, kind: 'counter', points: series.points(({ count }) => count) },
        { name: `${name}_sum`, help, kind: 'counter', points: series.points(({ sum }) => sum) },
      ];
      register(name, { expose, read });
      return {
        observe(value, labels = {}) {
          const entry = series.at(labels);
          entry.count += 1;
          entry.sum += value;
          bounds.forEach((bound, index) => {
            if (value <= bound) entry.counts[index] = (entry.counts[index] ?? 0) + 1;
          });
        },
      };
    },
    expose() {
      return `${[...metrics.values()].flatMap((metric) => metric.expose()).join('\n')}\n`;
    },
    read: () => [...metrics.values()].flatMap((metric) => metric.read()),
  };
}

function createSeries<Value>(fresh: () => Value) {
  const series = new Map<string, { labels: Labels; value: Value }>();
  const at = (labels: Labels): Value => {
    const key = labelText(labels);
    const known = series.get(key);
    if (known !== undefined) return known.value;
    if (series.size >= MAX_SERIES && !Object.values(labels).every((value) => value === 'other')) {
      return at(Object.fromEntries(Object.keys(labels).map((name) => [name, 'other'])));
    }
    const value = fresh();
    series.set(key, { labels, value });
    return value;
  };
  const lines = (render: (labels: Labels, value: Value) => readonly string[]) =>
    [...series.values()].flatMap(({ labels, value }) => render(labels, value));
  const points = (valueOf: (value: Value) => number): Reading['points'] =>
    [...series.values()].map(({ labels, value }) => ({ labels, value: valueOf(value) }));
  return { at, lines, points };
}

function head(name: string, help: string, type: string): readonly string[] {
  return [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`];
}

function line(name: string, labels: Labels, value: number): string {
  return `${name}${labelText(labels)} ${value}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
