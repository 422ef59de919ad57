// ClickHouse's HTTP interface, as far as @clickhouse/client speaks it, in front of a real engine (chDB) in a process of
// its own: the server mode of the store is tested against it, and it can be killed. Usage: node clickhouse-http.mjs PORT
// FOLDER USER PASSWORD
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Session } from 'chdb';

const [port, folder, user, password] = process.argv.slice(2);
const session = new Session(folder);
const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const server = createServer((request, response) => void answer(request, response));

async function answer(request, response) {
  try {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/ping') return void response.end('Ok.\n');
    if (request.headers.authorization !== expected) return fail(response, 403, 516, 'Authentication failed');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let body = Buffer.concat(chunks);
    if (request.headers['content-encoding'] === 'gzip') body = gunzipSync(body);
    const query = url.searchParams.get('query');
    const sql = query === null ? body.toString('utf8') : `${query}\n${body.toString('utf8')}`;
    const database = url.searchParams.get('database') ?? 'default';
    const bound = [...url.searchParams].filter(([key]) => key.startsWith('param_'));
    const settings = [`USE ${database}`, ...bound.map(([key, value]) => `SET ${key} = '${escape(value)}'`)];
    const result = await session.queryAsync(`${settings.join('; ')}; ${sql}`);
    response.end(Buffer.from(result.bytes()));
  } catch (error) {
    const code = /Code: (\d+)/.exec(error.message)?.[1] ?? '1002';
    fail(response, 500, code, error.message);
  }
}

function escape(value) {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function fail(response, status, code, message) {
  response.writeHead(status, { 'x-clickhouse-exception-code': String(code) });
  response.end(`Code: ${code}. DB::Exception: ${message.replace(/^Code: \d+\. DB::Exception: /, '')}`);
}

server.keepAliveTimeout = 10_000;
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`));
