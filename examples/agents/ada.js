// Payments fail. ADA's built-in part has asked Morgan, Alex and Devon; here each of them looks, reports with a token of its
// own, and the case closes by itself. Programs or models take their places: the calls stay the same.
// ERRATA_TOKEN is ADA's (read), MORGAN_TOKEN, ALEX_TOKEN and DEVON_TOKEN are the agents' (read, write).
import { connect, until } from './connect.js';

const agents = [
  {
    name: 'morgan',
    status: 'no_fault',
    summary: 'The payment API and the way to the provider are healthy; its keys are valid until March.',
    look: async ({ call }, { service }) => {
      const { total } = await call('devops.errors.trends', { service, since: '1h' });
      return `${total} errors of ${service} within the hour`;
    },
  },
  {
    name: 'alex',
    status: 'found',
    summary: 'The orders of the last minutes were not charged; none was charged twice.',
    look: async ({ call }, { service }) => {
      const { total_estimate } = await call('devops.errors.search', { service, severity: ['critical'], since: '1h' });
      return `${total_estimate} charges failed`;
    },
  },
  {
    name: 'devon',
    status: 'resolved',
    summary: 'The provider refuses a currency since today; the rule now sends it through the second one.',
    look: async ({ call }, { error_id }) => {
      const { similar } = await call('devops.errors.similar', { error_id });
      return `${similar.length} groups like it before`;
    },
  },
];

const ada = await connect('ada');
const failing = await until('a critical error about payments', async () => {
  const { errors } = await ada.call('devops.errors.list', { severity: 'critical', resolved: false, limit: 50 });
  return errors.find(({ message }) => /payment/i.test(message));
});
console.log(`devops.errors.list    ${failing.service}: "${failing.message}"`);

const delegations = await until('the delegations', async () => {
  const all = await delegationsOf('open');
  return agents.every(({ name }) => all.some(({ agent }) => agent === name)) ? all : undefined;
});
for (const { agent, finding, questions } of delegations) {
  console.log(`devops.agents.inbox   ${finding}: ${agent} is asked: ${questions.join(' ')}`);
}

// Each by itself, at the same time.
await Promise.all(
  agents.map(async ({ name, status, summary, look }) => {
    const agent = await connect(name, process.env[`${name.toUpperCase()}_TOKEN`]);
    const inbox = await agent.call('devops.agents.inbox', { agent: name, status: 'open' });
    const task = inbox.delegations.find(({ service }) => service === failing.service);
    const { delegation_id } = task;
    await agent.call('devops.agents.report', { delegation_id, status: 'working' });
    const evidence = await look(agent, task);
    await agent.call('devops.agents.report', { delegation_id, status, summary, evidence: [evidence] });
    console.log(`devops.agents.report  ${name} (${status}): ${summary} [${evidence}]`);
    await agent.close();
  }),
);

const closed = await until('the end of the case', async () => {
  const [one] = await delegationsOf('reported');
  return one === undefined || one.case_state === 'open' ? undefined : one;
});
const { error } = await ada.call('devops.errors.get', { error_id: closed.error_id });
console.log(
  `\nADA: the case is ${closed.case_state}, the error ${error.resolved ? 'too' : 'is open'}. Summary:\n${error.notes}`,
);
await ada.close();

/** Of the case about this service, whoever they are for. */
async function delegationsOf(status) {
  const { delegations } = await ada.call('devops.agents.inbox', { agent: 'any', status, limit: 50 });
  return delegations.filter(({ service }) => service === failing.service);
}
