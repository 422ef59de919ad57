// Who holds the engine's folder, asked before the engine is: it writes its own words to standard error when it can't lock it.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The file that the engine locks; while it runs it holds the process id. Left behind by a process that was killed. */
const LOCKED = 'status';

/**
 * true: another process has locked it. false: nobody has, or it can't be seen, as on systems without /proc and for a process
 * of another container; then the engine is the one to say so.
 */
export async function isHeld(path: string): Promise<boolean> {
  try {
    const { ino } = await stat(join(path, LOCKED), { bigint: true });
    const pid = /^PID: (\d+)$/m.exec(await readFile(join(path, LOCKED), 'utf8'))?.[1];
    if (pid === undefined || Number(pid) === process.pid) return false;
    // `1: FLOCK  ADVISORY  WRITE 566 fe:00:10729115 0 EOF`: process, then device and inode. The device is not compared: some
    // file systems show another one to stat.
    const locks = await readFile('/proc/locks', 'utf8');
    return locks.split('\n').some((line) => {
      const [, kind, , , holder, file] = line.split(/\s+/);
      return kind === 'FLOCK' && holder === pid && file?.endsWith(`:${ino}`) === true;
    });
  } catch {
    // Not there, not ours to read, or no Linux.
    return false;
  }
}
