// What a rule's schema can't see: names that must exist, references that must have a value by then, and combinations that
// can never be or must never be.
import type { Action } from './action.ts';
import { checkParams } from './check-params.ts';
import { isField } from './error-fields.ts';
import { FAILURE_FACT, historyFacts } from './facts.ts';
import type { Probe } from './probe.ts';
import { referenceIn } from './references.ts';
import type { WrittenConditions, WrittenRule } from './rule-schema.ts';

export interface Catalogue {
  readonly probes: ReadonlyMap<string, Probe>;
  readonly actions: ReadonlyMap<string, Action>;
}

/** Where it stands within the rule, and what is wrong. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export type Report = (path: readonly PropertyKey[], message: string) => void;

export function checkRule(rule: WrittenRule, catalogue: Catalogue): readonly Fault[] {
  const faults: Fault[] = [];
  const report: Report = (path, message) => void faults.push({ path, message });
  checkWhen(rule, report);
  const facts = checkDiagnose(rule, catalogue, report);
  checkPlan(rule, { catalogue, facts }, report);
  checkVerify(rule, { catalogue, facts }, report);
  checkTests(rule, facts, report);
  return faults;
}

function checkWhen({ when, target }: WrittenRule, report: Report): void {
  const { match, group_by: groupBy, distinct } = when;
  if (match.all.length === 0 && match.any.length === 0) {
    report(['when', 'match'], 'selects every error: say what it is about in all or any');
  }
  eachCondition(match, (name, value, path) => {
    if (!isField(name)) report(['when', 'match', ...path, 'field'], `there is no field ${name}`);
    if (hasReference(value)) report(['when', 'match', ...path], 'a reference has no value before there is a match');
  });
  for (const [index, field] of (groupBy ?? []).entries()) {
    if (!isField(field)) report(['when', 'group_by', index], `there is no field ${field}`);
  }
  if (target === 'peer' && groupBy?.some((field) => field.startsWith('peer.')) === false) {
    report(
      ['when', 'group_by'],
      'target peer needs peer.name or peer.address in it: else errors about several are one count',
    );
  }
  if (distinct === undefined) return;
  if (!isField(distinct.field)) report(['when', 'distinct', 'field'], `there is no field ${distinct.field}`);
  if (groupBy?.includes(distinct.field) === true) {
    report(['when', 'distinct', 'field'], `${distinct.field} is in group_by, so it has one value for each key`);
  }
}

/** The facts that all probes together can give. */
function checkDiagnose({ diagnose }: WrittenRule, { probes }: Catalogue, report: Report): ReadonlySet<string> {
  const facts = new Set<string>(Object.keys(historyFacts));
  reportTwice(
    diagnose.map(({ id }) => id),
    (index) => ['diagnose', index, 'id'],
    report,
  );
  for (const [index, call] of diagnose.entries()) {
    const path = ['diagnose', index] as const;
    if (call.id === 'past') report([...path, 'id'], 'past is the id of what the engine itself knows');
    if (call.needs !== undefined) checkFacts(call.needs, facts, within([...path, 'needs'], report));
    const probe = probes.get(call.probe);
    if (probe === undefined) {
      report([...path, 'probe'], unknown('probe', call.probe, probes));
      continue;
    }
    checkParams(call.with, { schema: probe.parameters, of: call.probe, path: [...path, 'with'], facts }, report);
    for (const name of [...Object.keys(probe.facts), FAILURE_FACT]) facts.add(`${call.id}.${name}`);
  }
  return facts;
}

interface Surroundings {
  readonly catalogue: Catalogue;
  readonly facts: ReadonlySet<string>;
}

/** All but what is set by the operator of the service, or by ourselves. */
const SENT = /^error\.(?!(?:service|error_type|environment)$)/;

function checkPlan({ plan }: WrittenRule, { catalogue, facts }: Surroundings, report: Report): void {
  reportTwice(
    plan.map(({ branch }) => branch),
    (index) => ['plan', index, 'branch'],
    report,
  );
  const always = plan.findIndex((branch) => isEmpty(branch.if));
  for (const [index, branch] of plan.entries()) {
    const path = ['plan', index] as const;
    if (always >= 0 && index > always) report(path, `is never reached: ${plan[always]?.branch} before it always fits`);
    checkFacts(branch.if, facts, within([...path, 'if'], report));
    if (branch.then === 'verify' && branch.steps.length === 0) {
      report([...path, 'then'], 'verify needs steps: without a change there is nothing to prove');
    }
    if (branch.then !== 'verify' && branch.steps.length > 0) {
      report([...path, 'then'], `steps need then: verify; with ${branch.then} they would never be taken`);
    }
    reportTwice(
      branch.steps.map(({ id }) => id),
      (step) => [...path, 'steps', step, 'id'],
      report,
    );
    for (const [place, step] of branch.steps.entries()) {
      const at = [...path, 'steps', place] as const;
      const action = catalogue.actions.get(step.action);
      if (action === undefined) {
        report([...at, 'action'], unknown('action', step.action, catalogue.actions));
        continue;
      }
      checkParams(step.with, { schema: action.parameters, of: step.action, path: [...at, 'with'], facts }, report);
      if (step.retries > 0 && !action.idempotent) {
        report([...at, 'retries'], `${step.action} is not idempotent: it may not be tried again`);
      }
      for (const [name, value] of Object.entries(step.with)) {
        if (SENT.test(referenceIn(value) ?? '')) {
          report([...at, 'with', name], 'a text of the sender may not decide what is changed');
        }
      }
    }
  }
}

function checkVerify({ verify, plan }: WrittenRule, { catalogue, facts }: Surroundings, report: Report): void {
  reportTwice(
    verify.probes.map(({ id }) => id),
    (index) => ['verify', 'probes', index, 'id'],
    report,
  );
  if (verify.probes.length > 0 && plan.every(({ then }) => then === 'escalate' || then === 'wait')) {
    report(['verify', 'probes'], 'no branch of the plan ends in verify or resolve');
  }
  for (const [index, call] of verify.probes.entries()) {
    const path = ['verify', 'probes', index] as const;
    const probe = catalogue.probes.get(call.probe);
    if (call.needs !== undefined) report([...path, 'needs'], 'has no meaning here: what it needs was diagnosed before');
    if (isEmpty(call.expect)) report([...path, 'expect'], 'expects nothing');
    if ((call.successes - 1) * call.every > call.within) {
      report([...path, 'within'], `is too short for ${call.successes} successes`);
    }
    if (probe === undefined) {
      report([...path, 'probe'], unknown('probe', call.probe, catalogue.probes));
      continue;
    }
    checkParams(call.with, { schema: probe.parameters, of: call.probe, path: [...path, 'with'], facts }, report);
    eachCondition(call.expect, (name, value, at) => {
      const where = [...path, 'expect', ...at];
      if (!Object.hasOwn(probe.facts, name)) report([...where, 'fact'], noFact(name, Object.keys(probe.facts)));
      if (hasReference(value)) report(where, 'must be compared with a literal');
    });
  }
}

function checkTests({ tests, plan }: WrittenRule, facts: ReadonlySet<string>, report: Report): void {
  reportTwice(
    tests.map(({ name }) => name),
    (index) => ['tests', index, 'name'],
    report,
  );
  for (const [index, { errors, facts: given, expect }] of tests.entries()) {
    const path = ['tests', index] as const;
    for (const [place, { fields }] of errors.entries()) {
      for (const field of Object.keys(fields)) {
        // What is worked out from details can't be set.
        if (!isField(field) || field.startsWith('peer.'))
          report([...path, 'errors', place, 'fields', field], `there is no field ${field} to set`);
      }
    }
    for (const fact of Object.keys(given)) {
      if (!facts.has(fact)) report([...path, 'facts', fact], noFact(fact, facts));
    }
    const known = plan.some(({ branch }) => branch === expect.branch);
    if (expect.branch !== undefined && !known)
      report([...path, 'expect', 'branch'], `there is no branch ${expect.branch}`);
    if (!expect.fires && (expect.branch !== undefined || expect.finding !== undefined)) {
      report([...path, 'expect'], 'what does not fire has no branch and no finding');
    }
  }
}

/** Reports within the conditions. */
function checkFacts(conditions: WrittenConditions, facts: ReadonlySet<string>, report: Report): void {
  eachCondition(conditions, (name, value, at) => {
    if (!facts.has(name)) report([...at, 'fact'], noFact(name, facts));
    if (!hasReference(value)) return;
    const reference = referenceIn(value);
    if (reference?.startsWith('facts.') !== true) report(at, 'may be compared with `${facts.<id>.<name>}` only');
    else if (!facts.has(reference.slice('facts.'.length))) report(at, noFact(reference, facts));
  });
}

function within(path: readonly PropertyKey[], report: Report): Report {
  return (rest, message) => report([...path, ...rest], message);
}

function eachCondition(
  conditions: WrittenConditions,
  visit: (name: string, value: unknown, path: readonly PropertyKey[]) => void,
): void {
  for (const kind of ['all', 'any', 'none'] as const) {
    for (const [index, condition] of conditions[kind].entries()) {
      const { field, fact, ...rest } = condition as Readonly<Record<string, unknown>>;
      visit(String(field ?? fact), Object.values(rest)[0], [kind, index]);
    }
  }
}

function isEmpty({ all, any, none }: WrittenConditions): boolean {
  return all.length + any.length + none.length === 0;
}

function hasReference(value: unknown): boolean {
  return JSON.stringify(value).includes('${');
}

function noFact(name: string, known: Iterable<string>): string {
  return `no probe before it gives ${name}; known here: ${[...known].join(', ')}`;
}

function unknown(kind: string, name: string, known: ReadonlyMap<string, unknown>): string {
  return `there is no ${kind} ${name}; there are ${[...known.keys()].join(', ')}`;
}

function reportTwice(names: readonly string[], path: (index: number) => readonly PropertyKey[], report: Report): void {
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) report(path(index), `${name} stands here twice`);
  }
}
