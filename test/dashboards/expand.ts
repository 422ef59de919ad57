// What Grafana and its ClickHouse plugin make of a panel's query before it reaches the server: first the plugin's page
// ($__conditionalAll, then variables), then its back end (the other macros). After the plugin 4.x and Grafana's formats.

export interface Variable {
  /** Several or one as chosen; `$__all` stands for every option. */
  readonly value: string | readonly string[];
  readonly options?: readonly string[];
}

export type Variables = Readonly<Record<string, Variable>>;

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a bar. */
  readonly intervalMs: number;
}

export function expand(query: string, variables: Variables, range: TimeRange): string {
  return expandMacros(replaceVariables(applyConditionalAll(query, variables), variables), range);
}

/** From the last to the first, so that one may stand in another. */
function applyConditionalAll(query: string, variables: Variables): string {
  const macro = '$__conditionalAll(';
  let text = query;
  for (;;) {
    const at = text.lastIndexOf(macro);
    if (at === -1) return text;
    const open = at + macro.length - 1;
    const close = closingParen(text, open, false);
    const [phrase = '', variable = '', ...more] = splitArguments(text.slice(open + 1, close), false);
    if (more.length > 0 || variable === '')
      throw new Error(`$__conditionalAll takes two arguments: ${text.slice(at, close + 1)}`);
    const name = /\$\{?(\w+)/.exec(variable)?.[1] ?? '';
    const chosen = String(variables[name]?.value ?? '');
    text = text.slice(0, at) + (chosen === '' || chosen === '$__all' ? '1=1' : phrase) + text.slice(close + 1);
  }
}

/** Every value that Grafana gives is text; what is no variable stays as it is. */
function replaceVariables(query: string, variables: Variables): string {
  return query.replaceAll(
    /\$(\w+)|\$\{(\w+)(?::([^}]+))?\}/g,
    (text: string, plain?: string, braced?: string, format?: string) => {
      const variable = variables[plain ?? braced ?? ''];
      return variable === undefined ? text : formatValue(valueOf(variable), format);
    },
  );
}

function valueOf({ value, options = [] }: Variable): string | readonly string[] {
  return String(value) === '$__all' ? options : value;
}

function formatValue(value: string | readonly string[], format: string | undefined): string {
  switch (format) {
    case 'sqlstring':
      return (typeof value === 'string' ? [value] : value)
        .map((one) => `'${one.replaceAll("'", "''").replaceAll('"', '\\"')}'`)
        .join(',');
    case 'raw':
      return String(value);
    case undefined:
      // The plugin's own format.
      return typeof value === 'string' ? value : `'${value.join("','")}'`;
    default:
      throw new Error(`the format ${format} is not known here`);
  }
}

type Macro = (names: readonly string[], range: TimeRange) => string;

const seconds = (ms: number) => `toDateTime(${Math.floor(ms / 1000)})`;
const millis = (ms: number) => `fromUnixTimestamp64Milli(${ms})`;
const date = (ms: number) => `toDate('${new Date(ms).toISOString().slice(0, 10)}')`;

function between(write: (ms: number) => string): Macro {
  return ([column = ''], { fromMs, toMs }) => `${column} >= ${write(fromMs)} AND ${column} <= ${write(toMs)}`;
}

const dateTimeFilter: Macro = ([day = '', time = ''], range) =>
  `(${between(date)([day], range)}) AND (${between(seconds)([time], range)})`;

const MACROS: Readonly<Record<string, { readonly takes: number; readonly write: Macro }>> = {
  fromTime: { takes: 0, write: (_, { fromMs }) => seconds(fromMs) },
  toTime: { takes: 0, write: (_, { toMs }) => seconds(toMs) },
  fromTime_ms: { takes: 0, write: (_, { fromMs }) => millis(fromMs) },
  toTime_ms: { takes: 0, write: (_, { toMs }) => millis(toMs) },
  timeFilter: { takes: 1, write: between(seconds) },
  timeFilter_ms: { takes: 1, write: between(millis) },
  dateFilter: { takes: 1, write: between(date) },
  dateTimeFilter: { takes: 2, write: dateTimeFilter },
  dt: { takes: 2, write: dateTimeFilter },
  timeInterval: {
    takes: 1,
    write: ([column = ''], { intervalMs }) =>
      `toStartOfInterval(toDateTime(${column}), INTERVAL ${Math.floor(Math.max(intervalMs / 1000, 1))} second)`,
  },
  timeInterval_ms: {
    takes: 1,
    write: ([column = ''], { intervalMs }) =>
      `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${Math.max(intervalMs, 1)} millisecond)`,
  },
  interval_s: { takes: 0, write: (_, { intervalMs }) => `${Math.floor(Math.max(intervalMs / 1000, 1))}` },
};

/** The longest names first, each wherever it stands outside of comments; their results are looked at again for the next. */
function expandMacros(query: string, range: TimeRange): string {
  let text = query;
  const names = Object.keys(MACROS).sort((a, b) => b.length - a.length);
  for (const name of names) text = expandMacro(text, name, range);
  const left = /\$__\w+/.exec(text);
  if (left !== null) throw new Error(`there is no macro ${left[0]}`);
  return text;
}

function expandMacro(query: string, name: string, range: TimeRange): string {
  const macro = MACROS[name];
  if (macro === undefined) return query;
  const token = `$__${name}`;
  let done = '';
  let rest = query;
  for (;;) {
    const at = rest.indexOf(token);
    if (at === -1) return done + rest;
    const after = at + token.length;
    done += rest.slice(0, at);
    if (/^\w/.test(rest.slice(after))) {
      done += token;
      rest = rest.slice(after);
      continue;
    }
    const close = rest.charAt(after) === '(' ? closingParen(rest, after, true) : undefined;
    const given =
      close === undefined ? [] : splitArguments(rest.slice(after + 1, close), true).map((one) => one.trim());
    if (macro.takes > 0 && given.length !== macro.takes)
      throw new Error(`${token} takes ${macro.takes}, got ${given.length}`);
    done += macro.write(given, range);
    rest = rest.slice(close === undefined ? after : close + 1);
  }
}

/** `quotes`: what stands between them is no syntax; $__conditionalAll looks at parentheses and commas only. */
function closingParen(text: string, open: number, quotes: boolean): number {
  let end = -1;
  walk(text, open, quotes, (char, depth, at) => {
    if (char === ')' && depth === 0 && end === -1) end = at;
  });
  if (end === -1) throw new Error(`a parenthesis is not closed: ${text.slice(open, open + 60)}`);
  return end;
}

function splitArguments(text: string, quotes: boolean): readonly string[] {
  if (text.trim() === '') return [];
  const cuts: number[] = [];
  walk(text, 0, quotes, (char, depth, at) => {
    if (char === ',' && depth === 0) cuts.push(at);
  });
  return [...cuts, text.length].map((end, index) => text.slice(index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1, end));
}

function walk(
  text: string,
  from: number,
  quotes: boolean,
  see: (char: string, depth: number, at: number) => void,
): void {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
      continue;
    }
    if (quotes && (char === "'" || char === '"')) quote = char;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    see(char, depth, at);
  }
}
