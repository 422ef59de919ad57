// Writes a change of a case together with what follows from it, and then does that: tells whom it concerns, resolves the
// groups. What could not be done stays owed, also over a restart.
import type { ErrorStore } from '../store/error-store.ts';
import { NOTHING_OWED, isOwing } from './case-log.ts';
import type { CaseLog, CaseRecord } from './case-log.ts';
import { noticesOf } from './case-notices.ts';
import type { AdminPath } from './case-notices.ts';
import type { Notice } from './notice.ts';
import { ORCHESTRATOR } from './routing.ts';

export interface SettleDeps {
  readonly store: Pick<ErrorStore, 'getError' | 'listErrors' | 'resolve'>;
  readonly log: CaseLog;
  readonly notify: (notice: Notice) => Promise<void>;
  readonly now: () => number;
  readonly adminPath: AdminPath;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

export interface Settler {
  /** Throws STORE_UNAVAILABLE when it was not written. `more`: notices beside those that the change itself asks for. */
  settle(before: CaseRecord | undefined, after: CaseRecord, more?: readonly Notice[]): Promise<CaseRecord>;
  /** Throws what kept it from being done. */
  pay(record: CaseRecord): Promise<CaseRecord>;
}

export function createSettler({ store, log, notify, now, adminPath, logger }: SettleDeps): Settler {
  async function settle(before: CaseRecord | undefined, after: CaseRecord, more: readonly Notice[] = []) {
    const notices = noticesOf(before, after, { nowMs: now(), adminPath });
    const resolve = after.state === 'resolved' && before?.state !== 'resolved';
    const owed = {
      notices: [...after.owed.notices, ...more, ...notices],
      resolve: after.owed.resolve || resolve,
    };
    const written = await log.write({ ...after, owed });
    const { id, companyId, kind, state, errorId, finding } = written;
    if (before === undefined) logger.info({ case: id, companyId, kind, errorId, finding }, 'a case was opened');
    if (state !== 'open') logger.info({ case: id, companyId, kind, errorId, state }, 'a case was closed');
    try {
      return await pay(written);
    } catch (cause) {
      // The change itself is durable, and the desk tries again by itself.
      logger.warn({ err: cause, case: id }, 'a case was written, and what follows from it is still to be done');
      return written;
    }
  }

  async function pay(record: CaseRecord): Promise<CaseRecord> {
    if (!isOwing(record)) return record;
    let left = record;
    try {
      if (left.owed.resolve) await resolveGroups(record);
      left = { ...left, owed: { ...left.owed, resolve: false } };
      for (const notice of record.owed.notices) {
        await notify(notice);
        left = { ...left, owed: { ...left.owed, notices: left.owed.notices.slice(1) } };
      }
    } catch (cause) {
      log.keep(left);
      throw cause;
    }
    return log.write({ ...record, owed: NOTHING_OWED });
  }

  /** Up to now; what comes later opens them again. */
  async function resolveGroups({ companyId, errorId, fingerprints, summary }: CaseRecord): Promise<void> {
    const resolution = { scope: 'group', notes: summary, by: ORCHESTRATOR } as const;
    // Its own error comes last. When that is done, a repetition after a crash must not resolve what came since.
    const own = await store.getError(companyId, errorId);
    if (own?.resolved === true && own.resolutionNotes === summary) return;
    for (const fingerprint of fingerprints) {
      const [newest] = (await store.listErrors({ companyId, fingerprint, limit: 1 })).errors;
      if (newest !== undefined && newest.fingerprint !== own?.fingerprint) {
        await store.resolve(companyId, newest.id, resolution);
      }
    }
    await store.resolve(companyId, errorId, resolution);
  }

  return { settle, pay };
}
