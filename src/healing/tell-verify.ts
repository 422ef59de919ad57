// What must hold for a success, in one sentence, in the words that an attempt's verification is told with.
import type { Conditions, Verify } from './rule.ts';
import { inWords } from './guards.ts';

export function tellVerify({ probes, maxErrors, settleMs, soakMs, noTraffic }: Verify): string {
  const passed = probes.map(({ probe, expect, successes }) => {
    const times = successes === 1 ? '' : ` ${successes} times in a row`;
    return `the probe ${probe} passes${times} (${tellConditions(expect)}), and `;
  });
  const errors = maxErrors === 0 ? 'no error' : `at most ${maxErrors} errors`;
  const heard = noTraffic === 'pass' ? '' : ', while something else is heard of the service';
  const settle = settleMs < 1_000 ? `${settleMs} ms` : inWords(settleMs);
  return `${passed.join('')}${errors} of the same groups for ${inWords(soakMs)}, from ${settle} after the change on${heard}`;
}

function tellConditions({ all, any, none }: Conditions): string {
  const tell = (conditions: Conditions['all']) =>
    conditions.map(
      ({ name, op, value }) => `${name} ${op === 'eq' ? 'is' : op.replaceAll('_', ' ')} ${[value].flat().join(' or ')}`,
    );
  return [
    ...tell(all),
    ...(any.length === 0 ? [] : [`one of ${tell(any).join(', ')}`]),
    ...(none.length === 0 ? [] : [`none of ${tell(none).join(', ')}`]),
  ].join(', ');
}
