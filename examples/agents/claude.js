// Claude investigates: "Why is PostgreSQL showing as disconnected?" It looks and suggests; nothing is changed.
// ERRATA_TOKEN needs the scopes read and fix: a plan tries the real thing.
import { connect } from './connect.js';

const claude = await connect('claude');
console.log('Why is PostgreSQL showing as disconnected?\n');

const { errors, total_estimate: total } = await claude.call('devops.errors.list', {
  severity: 'error',
  resolved: false,
  limit: 50,
});
const failing = errors.find(({ type, message }) => type === 'health_check_failed' && /postgres/i.test(message));
if (failing === undefined) throw new Error(`none of ${total} open errors is about PostgreSQL`);
const { error_id, service, message, count } = failing;
const often = count === 1 ? 'once' : `${count} times`;
console.log(`devops.errors.list   ${total} open; of ${service}: "${message}", ${often}`);

const { error } = await claude.call('devops.errors.get', { error_id });
const { attempted_protocol: asked, expected_protocol: expected, port } = error.details;
console.log(`devops.errors.get    it asked in ${asked} on port ${port}; ${expected} is spoken there`);

const plan = await claude.call('devops.errors.plan', { error_id });
const spoken = plan.facts['wire.protocol'];
console.log(`devops.errors.plan   ${plan.finding ?? 'no finding'}; ${plan.why}`);
if (spoken !== undefined) console.log(`                     tried just now: the port speaks ${spoken}`);

console.log('');
if (asked === expected) {
  console.log('The check asks in the right protocol: this is no fault of the check.');
} else {
  console.log(
    `The health check asks in ${asked} what speaks ${expected}: it can't succeed, whether PostgreSQL is up or not.`,
  );
  if (spoken === expected) console.log('PostgreSQL is up and answers. Nothing has to be restarted.');
  console.log(`Suggestion: check with \`pg_isready -h HOST -p ${Number(port)}\`,`);
  for (const { action, params } of plan.steps) {
    console.log(
      `or let devops.errors.fix do ${action} ${JSON.stringify(params)} (risk ${plan.risk}, approval ${plan.approval})`,
    );
  }
}
await claude.close();
