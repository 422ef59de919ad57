import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export async function haproxyMissing(): Promise<string | undefined> {
  try {
    await promisify(execFile)('haproxy', ['-v']);
    return undefined;
  } catch {
    return 'haproxy is not installed (apt-get install haproxy)';
  }
}
