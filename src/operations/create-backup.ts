// POST /api/backups: everything that is stored, of all companies, into a folder beside the store while it runs.
import * as z from 'zod';
import { Failure } from '../failure.ts';
import { timeView, toTime } from './error-view.ts';
import { defineOperation } from './operation.ts';

export const createBackup = defineOperation({
  name: 'create-backup',
  summary: 'Backs up the embedded store while it runs, into a folder of the server; answers when it is complete.',
  scope: 'admin',
  // Where it goes is not for the caller to say.
  input: z.strictObject({}),
  output: z.object({
    name: z.string().describe('Its folder in `<data_dir>/backups`, as `errata restore` takes it.'),
    created_at: timeView,
    errors: z.int().describe('As it began; what came while it was made may be in it too.'),
    files: z.int(),
    bytes: z.int(),
    seconds: z.number().describe('How long it took.'),
  }),
  async run({ backUp }, _input, principal) {
    if (principal.company !== '*')
      throw new Failure('FORBIDDEN', 'a backup is of all companies: it takes a token that serves all');
    const startedMs = performance.now();
    const { name, manifest } = await backUp();
    return {
      name,
      created_at: toTime(Date.parse(manifest.created_at)),
      errors: manifest.errors,
      files: manifest.files.length,
      bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
      seconds: Math.round(performance.now() - startedMs) / 1000,
    };
  },
});
