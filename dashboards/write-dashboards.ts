// `npm run dashboards`: writes the files that Grafana reads. `-- --admin-url https://… --trace-url https://… --to folder`
// for another place than one's own machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PLACES, filesOf } from './files.ts';

const { values } = parseArgs({
  options: {
    'admin-url': { type: 'string', default: PLACES.adminUrl },
    'trace-url': { type: 'string', default: PLACES.traceUrl },
    to: { type: 'string', default: 'dashboards' },
  },
});

for (const [path, text] of filesOf({ adminUrl: values['admin-url'], traceUrl: values['trace-url'] })) {
  const full = join(values.to, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
