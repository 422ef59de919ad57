// The Compose files against the Compose schema, the files they mount, the configuration, and what they promise. No image
// can be started here; what can be checked without one is.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { readCompose } from './compose-file.ts';
import type { Service } from './compose-file.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const single = readCompose('docker-compose.yml');
const cluster = readCompose('docker-compose.cluster.yml');
const files = [
  ['docker-compose.yml', single],
  ['docker-compose.cluster.yml', cluster],
] as const;

/** Services that stand for themselves; the others take what is not said from docker-compose.yml. */
function whole(file: typeof single): readonly (readonly [string, Service])[] {
  return Object.entries(file.services).filter(([, service]) => service.image !== undefined);
}

/** test/deploy/README.md says whose it is. Its `id`s are no keyword of the draft that it names. */
const validate = new Ajv2019({ strict: false, validateFormats: false })
  .removeKeyword('id')
  .compile(JSON.parse(read('test/deploy/compose-spec.json')) as object);

test.each(files)('%s is what the Compose specification takes', (_name, file) => {
  validate(file);
  expect(validate.errors ?? []).toEqual([]);
});

test('the schema refuses a misspelt key', () => {
  expect(validate({ services: { a: { image: 'x:1', depends: ['b'] } } })).toBe(false);
});

test.each(files)('every file and folder that %s mounts exists', (_, { services }) => {
  const mounted = Object.values(services).flatMap(({ volumes }) => volumes ?? []);
  const sources = mounted.map((mount) => mount.split(':')[0] ?? '').filter((source) => source.startsWith('./'));
  expect(sources.length).toBeGreaterThan(4);
  expect(sources.filter((source) => !existsSync(source))).toEqual([]);
  // From the checkout nothing is written to.
  expect(mounted.filter((mount) => mount.startsWith('./') && !mount.endsWith(':ro'))).toEqual([]);
});

test.each(files)('%s: volumes, networks and secrets that services name are declared', (_, { services }) => {
  for (const service of Object.values(services)) {
    const volumes = (service.volumes ?? []).map((mount) => mount.split(':')[0] ?? '');
    for (const volume of volumes.filter((source) => !/^[./]/.test(source)))
      expect({ ...single.volumes, ...cluster.volumes }).toHaveProperty([volume]);
    for (const network of service.networks ?? []) expect(single.networks).toHaveProperty([network]);
    for (const secret of service.secrets ?? [])
      expect({ ...single.secrets, ...cluster.secrets }).toHaveProperty([
        typeof secret === 'string' ? secret : secret.source,
      ]);
    for (const needed of Object.keys(service.depends_on ?? {}))
      expect({ ...single.services, ...cluster.services }).toHaveProperty([needed]);
  }
});

test('every image is pinned to one version', () => {
  const images = files.flatMap(([, file]) => whole(file).map(([, { image }]) => image ?? ''));
  const bases = [...read('Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1] ?? '');
  expect(bases).toEqual(['node:24.19.0-bookworm-slim', 'node:24.19.0-bookworm-slim']);
  expect([...images, ...bases].filter((image) => !/:\d+\.\d+\.\d+(?:\.\d+)?(?:-[a-z-]+)?$/.test(image))).toEqual([]);
});

test.each(files)('%s: no service can write to its image, gain rights or take the whole machine', (_, file) => {
  for (const [name, service] of whole(file)) {
    expect([name, service]).toEqual([
      name,
      expect.objectContaining({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }),
    ]);
    expect([name, service.deploy?.resources.limits]).toEqual([
      name,
      { memory: expect.stringMatching(/^\d+[MG]$/), cpus: expect.stringMatching(/^[\d.]+$/), pids: expect.any(Number) },
    ]);
    expect([name, service.privileged, service.restart]).toEqual([
      name,
      undefined,
      name === 'volumes' ? 'no' : 'unless-stopped',
    ]);
    // One that runs once and is gone may give folders away.
    expect([name, service.cap_add]).toEqual([name, name === 'volumes' ? ['CHOWN'] : undefined]);
  }
});

test('the Docker socket is seen by the proxy alone, and the proxy by the processor that heals alone', () => {
  const all = files.flatMap(([, file]) => Object.entries(file.services));
  const withSocket = all.filter(([, { volumes }]) => volumes?.some((mount) => mount.includes('docker.sock')));
  expect(withSocket.map(([name]) => name)).toEqual(['docker-proxy']);
  const onEngine = all.filter(([, { networks }]) => networks?.includes('engine'));
  expect(onEngine.map(([name]) => name)).toEqual(['docker-proxy', 'processor']);
  expect(single.services['docker-proxy']).toMatchObject({ networks: ['engine'] });
  expect(single.services['docker-proxy']?.ports).toBeUndefined();
  expect(all.filter(([, { network_mode }]) => network_mode !== undefined && network_mode !== 'none')).toEqual([]);
});

test('ClickHouse is reached by the processor, the balancer and Grafana, and from nowhere outside', () => {
  expect(single.networks).toEqual({
    front: {},
    intake: { internal: true },
    store: { internal: true },
    engine: { internal: true },
  });
  const inStore = files
    .flatMap(([, file]) => Object.entries(file.services))
    .filter(([, { networks }]) => networks?.includes('store'));
  expect([...new Set(inStore.map(([name]) => name.replace(/-\d$/, '')))].sort()).toEqual([
    'balancer',
    'clickhouse',
    'grafana',
    'keeper',
    'processor',
  ]);
  for (const [name, service] of inStore) if (/^(?:clickhouse|keeper)/.test(name)) expect(service.ports).toBeUndefined();
});

test('published are OTLP, REST, the admin page and Grafana, on this machine only unless somebody says otherwise', () => {
  const published = (file: typeof single) => Object.values(file.services).flatMap(({ ports }) => ports ?? []);
  const on = (port: number) => `\${ERRATA_PUBLISH:-127.0.0.1}:${port}:${port}`;
  expect(published(single)).toEqual([on(8092), on(8080), on(4317), on(4318), on(3000)]);
  expect(published(cluster)).toEqual([on(8092), on(8080)]);
});

test('the ports are those of the configuration and of the collector', () => {
  const { ports } = withEnvironment('test/empty.yaml', {});
  expect(ports).toEqual({ otlp: 4318, api: 8092, admin: 8080 });
  expect(read('Dockerfile')).toContain('EXPOSE 4318 8092 8080');
  expect(single.services['collector']?.environment).toEqual({
    ERRATA_ENDPOINT: 'http://processor:4318',
    ERRATA_COLLECTOR_DIR: '/queue',
    ERRATA_COLLECTOR_HOST: '0.0.0.0',
  });
  const variables = [...read('collector/README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect(variables).toEqual(expect.arrayContaining(Object.keys(single.services['collector']?.environment ?? {})));
});

test('every variable that a processor is given is one of docs/configuration.md', () => {
  const documented = new Set(read('docs/configuration.md').match(/(?<=^\| `)[A-Z_]+(?=`)/gm));
  const given = files.flatMap(([, { services }]) =>
    Object.entries(services)
      .filter(([name]) => name.startsWith('processor'))
      .flatMap(([, { environment }]) => Object.keys(environment ?? {})),
  );
  expect(new Set(given)).toEqual(
    new Set(['ERRATA_CONFIG', 'ERRATA_LOG_LEVEL', 'CLICKHOUSE_URL', 'CLICKHOUSE_CLUSTER']),
  );
  expect(given.filter((name) => !documented.has(name))).toEqual([]);
});

test('both configurations are sound, and only one processor heals', () => {
  const secrets = {
    CLICKHOUSE_PASSWORD: 'p',
    ERRATA_COLLECTOR_TOKEN: 'c'.repeat(64),
    ERRATA_OPERATOR_TOKEN: 'o'.repeat(64),
  };
  const main = withEnvironment('deploy/errata.yaml', secrets);
  expect(main).toMatchObject({
    host: '0.0.0.0',
    dataDir: '/var/lib/errata',
    store: {
      target: { kind: 'server', url: 'http://clickhouse:8123', user: 'errata', password: 'p', database: 'errata' },
    },
    healing: { enabled: true, mode: 'observe' },
    docker: { host: 'tcp://docker-proxy:2375' },
    // As published: links in messages and on the admin page lead there.
    publicUrl: 'http://127.0.0.1:8080',
    grafanaUrl: 'http://127.0.0.1:3000',
    tokens: [
      { name: 'collector', scopes: ['ingest'] },
      { name: 'operator', scopes: ['read', 'write', 'fix', 'approve', 'admin'] },
    ],
  });
  const others = withEnvironment('deploy/errata-intake.yaml', secrets);
  expect(others).toEqual({
    ...main,
    healing: { ...main.healing, enabled: false },
    docker: { ...main.docker, host: undefined },
  });
  const configs = Object.entries(cluster.services).flatMap(([name, { volumes }]) =>
    (volumes ?? [])
      .filter((mount) => mount.includes('/etc/errata/errata.yaml'))
      .map((mount) => [name, mount.split(':')[0]]),
  );
  expect(configs).toEqual([
    ['processor-2', './deploy/errata-intake.yaml'],
    ['processor-3', './deploy/errata-intake.yaml'],
  ]);
});

test('start order waits for health where health can be told', () => {
  const conditions = (service: Service | undefined) =>
    Object.entries(service?.depends_on ?? {}).map(([name, { condition }]) => `${name} ${condition}`);
  expect(conditions(single.services['processor'])).toEqual([
    'clickhouse service_healthy',
    'docker-proxy service_started',
  ]);
  expect(conditions(single.services['grafana'])).toEqual(['clickhouse service_healthy']);
  expect(conditions(single.services['demo'])).toEqual(['processor service_healthy', 'collector service_started']);
  expect(conditions(cluster.services['processor-2'])).toEqual(['balancer service_healthy']);
  for (const [, file] of files) {
    for (const [name, service] of Object.entries(file.services))
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        if (condition !== 'service_healthy') continue;
        const found = single.services[needed]?.healthcheck ?? cluster.services[needed]?.healthcheck;
        const inImage =
          (needed === 'processor' && read('Dockerfile').includes('HEALTHCHECK --interval')) ||
          needed.startsWith('clickhouse-');
        expect([name, needed, found !== undefined || inImage]).toEqual([name, needed, true]);
      }
  }
});

test('the demo is not started unless asked for', () => {
  expect(
    Object.entries(single.services).flatMap(([name, { profiles }]) =>
      profiles === undefined ? [] : [[name, profiles]],
    ),
  ).toEqual([['demo', ['demo']]]);
});

test('versions agree: image and package, collector and its manifest, server and embedded engine', async () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(single.services['processor']?.image).toBe(`errata:${version}`);
  const collector = /^ {2}version: (\S+)$/m.exec(read('collector/builder.yaml'))?.[1];
  expect(single.services['collector']?.image).toBe(`otel/opentelemetry-collector-contrib:${collector}`);
  const { queryAsync } = await import('chdb');
  const [major, minor] = (await queryAsync('SELECT version()', { format: 'TSV' })).text().split('.');
  expect(single.services['clickhouse']?.image).toMatch(
    new RegExp(`^clickhouse/clickhouse-server:${major}\\.${minor}\\.`),
  );
  expect(cluster.services['keeper-1']?.image?.split(':')[1]).toBe(single.services['clickhouse']?.image?.split(':')[1]);
});

test('the script makes every secret that is mounted, keeps those that are there, and writes hashes for the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errata-secrets-'));
  try {
    cpSync('deploy/make-secrets.sh', join(folder, 'make-secrets.sh'));
    execFileSync('mkdir', [join(folder, 'secrets')]);
    const make = () => execFileSync(join(folder, 'make-secrets.sh'), { encoding: 'utf8' });
    make();
    const made = readdirSync(join(folder, 'secrets'));
    const wanted = Object.values({ ...single.secrets, ...cluster.secrets }).map(({ file }) =>
      file.replace('./deploy/secrets/', ''),
    );
    expect(made.sort()).toEqual(wanted.sort());
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    // The images run as other users than the one who made them.
    expect(made.filter((name) => (statSync(join(folder, 'secrets', name)).mode & 0o004) === 0)).toEqual([]);
    const all = () => made.map((name) => read(join(folder, 'secrets', name)));
    const before = all();
    expect(make()).toContain(read(join(folder, 'secrets', 'errata_operator_token')));
    expect(all()).toEqual(before);
    const password = read(join(folder, 'secrets', 'clickhouse_password'));
    const hash = createHash('sha256').update(password).digest('hex');
    expect(read(join(folder, 'secrets', 'clickhouse_users.xml'))).toContain(
      `<errata><password_sha256_hex>${hash}</password_sha256_hex></errata>`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  'deploy/clickhouse/config.xml',
  'deploy/clickhouse/users.xml',
  'deploy/clickhouse/cluster.xml',
  'deploy/clickhouse/cluster-users.xml',
  'deploy/keeper/keeper.xml',
])('%s is well-formed', (path) => {
  const open: string[] = [];
  for (const [, slash, name = '', rest = ''] of read(path)
    .replaceAll(/<!--[^]*?-->/g, '')
    .matchAll(/<(\/?)([\w-]+)((?:\s+[\w]+="[^"<]*")*\s*\/?)>/g)) {
    if (slash === '/') expect([path, open.pop()]).toEqual([path, name]);
    else if (!rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  expect(read(path)).toMatch(/^<!--[^]*-->\n<clickhouse>\n/);
});

test('Grafana is given every variable that its provisioning asks for', () => {
  const asked = readdirSync('dashboards/provisioning', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => read(join('dashboards/provisioning', name)).match(/(?<=\$\{?)ERRATA_[A-Z_]+/g) ?? []);
  const given = [...Object.keys(single.services['grafana']?.environment ?? {}), 'ERRATA_CLICKHOUSE_PASSWORD'];
  expect(given).toEqual(expect.arrayContaining([...new Set(asked)]));
  expect(JSON.stringify(single.services['grafana'])).toContain('export ERRATA_CLICKHOUSE_PASSWORD=');
});

test('the users of the server are those that the processor and Grafana are', () => {
  const users = [read('deploy/clickhouse/users.xml'), read('dashboards/clickhouse/grafana.xml')].flatMap(
    (text) => /<users>([^]*)<\/users>/.exec(text)?.[1]?.match(/(?<=^ {4}<)\w+/gm) ?? [],
  );
  expect(users).toEqual(['default', 'errata', 'grafana']);
  expect(single.services['grafana']?.environment?.['ERRATA_CLICKHOUSE_USER']).toBe('grafana');
});

test('the balancer knows every processor and every replica', () => {
  const servers = [...read('deploy/balancer/haproxy.cfg').matchAll(/^ {2}server (\S+) (\S+?):(\d+)/gm)];
  const names = (pattern: RegExp) =>
    [...new Set([...Object.keys(single.services), ...Object.keys(cluster.services)])].filter((name) =>
      pattern.test(name),
    );
  const behind = (port: string) => servers.filter((server) => server[3] === port).map((server) => server[2]);
  for (const port of ['4318', '8092', '8080']) expect(behind(port)).toEqual(names(/^processor/));
  expect(behind('8123')).toEqual(names(/^clickhouse/));
  expect(read('deploy/clickhouse/cluster.xml').match(/(?<=<host>)clickhouse[^<]*/g)).toEqual(names(/^clickhouse/));
  expect(read('deploy/keeper/keeper.xml').match(/(?<=<hostname>)[^<]*/g)).toEqual(names(/^keeper/));
});

test('no secret of an installation can be committed', () => {
  expect(execFileSync('git', ['check-ignore', 'deploy/secrets/clickhouse_password'], { encoding: 'utf8' })).toContain(
    'clickhouse_password',
  );
  expect(execFileSync('git', ['ls-files', 'deploy/secrets'], { encoding: 'utf8' })).toBe('deploy/secrets/.gitignore\n');
});

test('the command of the image turns files into variables, and leaves those that are set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errata-command-'));
  try {
    const script = read('deploy/errata.sh').replaceAll('/run/secrets', folder).replace('node /app/dist/main.js', 'env');
    for (const [name, value] of [
      ['clickhouse_password', "it's $HOME\n"],
      ['errata_operator_token', 'from the file'],
      ['not-a-variable', 'x'],
    ] as const)
      execFileSync('tee', [join(folder, name)], { input: value, stdio: ['pipe', 'ignore', 'inherit'] });
    const output = execFileSync('sh', ['-c', script, 'errata'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ERRATA_OPERATOR_TOKEN: 'from outside' },
    });
    const lines = output.split('\n').filter((line) => !/^(?:PATH|PWD|_|OLDPWD|SHLVL)=/.test(line) && line !== '');
    expect(lines.sort()).toEqual(["CLICKHOUSE_PASSWORD=it's $HOME", 'ERRATA_OPERATOR_TOKEN=from outside']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('whatever the Dockerfile copies is let in by .dockerignore, and nothing else', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' ').slice(0, -1),
  );
  const letIn = read('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  expect(copied.sort()).toEqual(letIn.sort());
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
});

function withEnvironment(path: string, env: Record<string, string>) {
  return loadConfig({ env: { ERRATA_CONFIG: path, ...env } });
}
