// Morgan watches for an exhausted Redis pool, has it fixed, and waits for the proof. Errata resets the pool and restarts the
// service if that did not help; what it may do, rules and errata.yaml decide, not the caller.
// Needs a token with the scopes read, write and fix.
import { connect, until } from './connect.js';

const morgan = await connect('morgan');

const exhausted = await until('an exhausted Redis pool', async () => {
  const { errors } = await morgan.call('devops.errors.list', { severity: 'error', resolved: false, limit: 50 });
  return errors.find(({ type, message }) => type === 'pool_exhausted' && /redis/i.test(message));
});
console.log(`devops.errors.list     ${exhausted.service}: "${exhausted.message}"`);

const { error_id } = exhausted;
const fix = await morgan.call('devops.errors.fix', { error_id });
console.log(`devops.errors.fix      ${fix.status}: ${fix.summary} (${fix.finding ?? 'no finding yet'})`);
if (fix.approval_url !== null) console.log(`                       a person approves it at ${fix.approval_url}`);

// Without an attempt there is nothing to wait for.
const ended =
  fix.fix_id === null
    ? fix
    : await until('the proof', async () => {
        const { fixes } = await morgan.call('devops.fixes.history', { error_id, limit: 10 });
        const { status, ...rest } = fixes.find(({ fix_id }) => fix_id === fix.fix_id);
        return status === 'running' || status === 'approval_required' ? undefined : { status, ...rest };
      });
if (ended !== fix) console.log(`devops.fixes.history   ${ended.status}: ${ended.summary}`);

if (ended.verified === true) {
  // What was proven is resolved already, with the evidence as notes; what came in between is resolved with it.
  const note = `Redis pool of ${exhausted.service}: ${ended.summary} See fix ${ended.fix_id}.`;
  const { changed } = await morgan.call('devops.errors.resolve', { error_ids: [error_id], note });
  const { error } = await morgan.call('devops.errors.get', { error_id });
  console.log(
    `devops.errors.resolve  ${changed.length === 0 ? 'was resolved by the proof' : 'resolved'}: ${error.notes}`,
  );
} else {
  await morgan.call('devops.agents.delegate', { error_id, reason: 'The fix of an exhausted pool was not proven.' });
  console.log('devops.agents.delegate handed over to who is responsible');
  process.exitCode = 1;
}
await morgan.close();
