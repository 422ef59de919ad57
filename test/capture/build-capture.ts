// The library as it is published: compiled, and loaded under its own name, in processes of their own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const repository = join(import.meta.dirname, '..', '..');

export interface BuiltCapture {
  /** For node's command line: makes `errata/capture` this build, whatever dist/ holds. */
  readonly flags: readonly string[];
  remove(): void;
}

export function buildCapture(): BuiltCapture {
  // Inside the repository, so that the compiled files find their dependencies.
  const out = join(repository, 'node_modules', '.cache', `capture-${process.pid}`);
  mkdirSync(out, { recursive: true });
  const config = {
    extends: join(repository, 'tsconfig.build.json'),
    include: [join(repository, 'src', 'capture')],
    compilerOptions: { rootDir: join(repository, 'src', 'capture'), outDir: out, declaration: false },
  };
  writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  execFileSync(join(repository, 'node_modules', '.bin', 'tsc'), ['--project', join(out, 'tsconfig.json')]);
  const entry = pathToFileURL(join(out, 'capture.js')).href;
  const hooks = `export const resolve = (name, context, next) =>
    name === 'errata/capture' ? { url: ${JSON.stringify(entry)}, shortCircuit: true } : next(name, context);`;
  writeFileSync(join(out, 'hooks.js'), hooks);
  writeFileSync(
    join(out, 'register.js'),
    `import { register } from 'node:module'; register('./hooks.js', import.meta.url);`,
  );
  return {
    flags: ['--import', pathToFileURL(join(out, 'register.js')).href],
    remove: () => rmSync(out, { recursive: true, force: true }),
  };
}
