// Adds to package-lock.json the platform packages (native parts for other systems) that its packages name but npm left
// out, because the registry it asked does not serve them. npm 11 refuses such a lock (`npm ci`: Missing ... from lock
// file), npm 10 does not. They get no integrity; `npm install --package-lock-only` against a whole registry fills it in.
// Run it after every `npm install` of something new: node .ci/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'win32'];
const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
let added = 0;

for (const [where, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    const known = lock.packages[place] ?? lock.packages[`${where}/${place}`];
    const platform = known === undefined ? platformOf(name) : undefined;
    if (platform === undefined) continue;
    const { os, cpu, libc } = platform;
    lock.packages[place] = {
      version,
      cpu: [cpu],
      ...(entry.dev === true ? { dev: true } : {}),
      ...(libc === undefined ? {} : { libc: [libc] }),
      optional: true,
      os: [os],
    };
    added++;
  }
}

const [top, ...others] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([top, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages added`);

/** `@rollup/rollup-linux-arm64-musl` → linux, arm64, musl. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const at = words.findIndex((word) => SYSTEMS.includes(word));
  if (at === -1) return undefined;
  const [os, cpu, abi = ''] = words.slice(at);
  if (os !== 'linux') return { os, cpu, libc: undefined };
  return { os, cpu, libc: abi.startsWith('musl') ? 'musl' : abi.startsWith('gnu') ? 'glibc' : undefined };
}
