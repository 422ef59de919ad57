// What docs/backup.md says for Compose and for the image, held against the files: no image can be started here.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { readCompose } from './compose-file.ts';

const page = readFileSync('docs/backup.md', 'utf8');
const { services } = readCompose('docker-compose.yml');

test('the processor of Compose has a server, so that the page tells no errata backup for it', () => {
  const env = {
    ERRATA_CONFIG: 'deploy/errata.yaml',
    CLICKHOUSE_PASSWORD: 'p',
    ERRATA_COLLECTOR_TOKEN: 'c'.repeat(64),
    ERRATA_OPERATOR_TOKEN: 'o'.repeat(64),
  };
  expect(loadConfig({ env }).store.target.kind).toBe('server');
  const commands = [...page.matchAll(/^docker compose .*$/gm)].map(([line]) => line);
  expect(commands.filter((command) => /errata (?:backup|restore)|processor (?:backup|restore)/.test(command))).toEqual(
    [],
  );
  const used = commands.flatMap((command) => /(?:exec -T|stop|start|up -d --wait) ([a-z-]+)/.exec(command)?.[1] ?? []);
  expect([...new Set(used)].sort()).toEqual(['clickhouse', 'processor']);
  expect(used.filter((name) => services[name] === undefined)).toEqual([]);
});

test('folders of those commands are volumes of their services', () => {
  expect(services['clickhouse']?.volumes).toContain('clickhouse-backups:/backups');
  expect(services['processor']?.volumes).toContain('processor-data:/var/lib/errata');
  expect(page).toContain("TO File('/backups/2026-11-24')");
  expect(page).toContain('tar -C /var/lib/errata');
});

test('the image alone has the embedded store in /var/lib/errata, by which its command is mounted', () => {
  expect(readFileSync('Dockerfile', 'utf8')).toContain('ENV ERRATA_DATA_DIR=/var/lib/errata');
  expect(
    loadConfig({ env: { ERRATA_CONFIG: 'test/empty.yaml', ERRATA_DATA_DIR: '/var/lib/errata' } }).store.target,
  ).toEqual({ kind: 'embedded', dataDir: '/var/lib/errata' });
  const { image } = services['processor'] ?? {};
  expect(page).toContain(
    `docker run --rm -v errata-data:/var/lib/errata -v /srv/backups:/backups ${image} backup /backups/2026-11-24`,
  );
});
