import { actions } from '../healing/actions/catalogue.ts';
import { probes } from '../healing/probes/catalogue.ts';
import { readRules } from '../healing/read-rules.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

const { good, warning, bad } = findingsOf('rules');

export function checkRules(folder: string): readonly Finding[] {
  const { rules, faults } = readRules(folder, { probes, actions });
  if (faults.length > 0)
    return faults.map((fault) => bad(fault, 'mend it; until then Errata does not start (errata rules check)'));
  if (rules.length === 0) return [warning(`${folder} holds no rules`, 'nothing will be fixed: set ERRATA_RULES')];
  return [good(`${rules.length} in ${folder}`)];
}
