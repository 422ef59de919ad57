// What devops.errors.fix would do: a dry run of the diagnosis. Nothing is changed.
import * as z from 'zod';
import { actions } from '../../healing/actions/catalogue.ts';
import { paramsView, factsView } from '../../operations/attempt-view.ts';
import { fixError } from '../../operations/fix-error.ts';
import { NAME_CHARS, NOTE_CHARS, cut, cutData } from '../budget.ts';
import { bySuppression } from '../fix-status.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

const risks = ['none', 'low', 'medium', 'high'] as const;
type Risk = (typeof risks)[number];

/** What goes wrong when the diagnosis was wrong. An action that is not here counts as high. */
export const riskOf: Readonly<Record<string, Risk>> = {
  'task.open': 'none',
  'check.correct': 'low',
  'container.start': 'low',
  'pool.reset': 'low',
  'postgres.close_idle': 'low',
  'cache.clear': 'medium',
  'container.memory.raise': 'medium',
  'container.restart': 'medium',
  'container.stop': 'high',
  'redis.delete_keys': 'high',
};

/** Facts and parameters come from probes, which read what servers say. */
const FACTS_CHARS = 3_000;
const PARAMS_CHARS = 600;
const MAX_QUESTIONS = 10;

export const errorsPlan = defineTool({
  name: 'devops.errors.plan',
  description:
    'Diagnose an error and show what devops.errors.fix would do, its risk and who must agree. Changes nothing.',
  input: z.strictObject({ error_id: z.string() }),
  output: z.object({
    error_id: z.string(),
    rule_id: z.string().nullable(),
    finding: z.string().nullable(),
    target: z.string().nullable(),
    risk: z.enum(risks).describe('Of its riskiest step.'),
    steps: z
      .array(z.object({ id: z.string(), action: z.string(), params: z.record(z.string(), z.unknown()) }))
      .describe('A ladder: the next one is taken when those before did not help.'),
    verify: z.string().describe('What must hold for a success; empty without steps.'),
    hands_over: z
      .object({ to: z.array(z.string()), questions: z.array(z.string()) })
      .nullable()
      .describe('Agents that devops.errors.fix would ask; null: none.'),
    reversible: z.boolean().describe('Every step can be undone.'),
    approval: z
      .enum(['none', 'required', 'blocked'])
      .describe('required: of a person; blocked: nothing would be done.'),
    why: z.string(),
    facts: z.record(z.string(), z.unknown()).describe('What the probes found.'),
    untrusted: z.string(),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.plan'],
  async run(context, { error_id }) {
    const { plan, reason, note } = await context.perform(fixError, { id: error_id, dry_run: true });
    const id = error_id.toLowerCase();
    const delegate = step(
      'devops.agents.delegate',
      { error_id: id, reason: 'No rule can fix it now.' },
      'Ask agents; without a name, those that the routes choose.',
    );
    const rules = step('devops.rules.list', { error_id: id }, 'See which rules match it, and why others do not.');
    const untrusted = untrustedNotice('target', 'steps.params', 'facts');
    if (plan === undefined) {
      const output = {
        error_id: id,
        rule_id: null,
        finding: null,
        target: null,
        risk: 'none' as const,
        steps: [],
        verify: '',
        hands_over: null,
        reversible: true,
        approval: 'blocked' as const,
        // Names of rules and words of ours.
        why: reason === undefined ? cut(note ?? '', NOTE_CHARS) : bySuppression[reason],
        facts: {},
        untrusted,
        next_steps: takeSteps(context, [delegate, rules]),
      };
      return { kind: 'answer', output, truncated: false };
    }
    const approval = reason === undefined ? approvalOf(plan) : 'blocked';
    const { verify, hands_over } = plan;
    const output = {
      error_id: id,
      rule_id: plan.rule_id,
      finding: cut(plan.finding, NAME_CHARS),
      target: cut(plan.target, NAME_CHARS),
      risk: riskiest(plan.steps.map(({ action }) => riskOf[action] ?? 'high')),
      steps: plan.steps.map((call) => ({
        id: call.id,
        action: call.action,
        params: cutData(paramsView.parse(call.with), PARAMS_CHARS),
      })),
      verify: cut(verify, NOTE_CHARS),
      hands_over: hands_over && {
        to: hands_over.to,
        questions: hands_over.questions.slice(0, MAX_QUESTIONS).map((question) => cut(question, NOTE_CHARS)),
      },
      reversible: plan.steps.every(({ action }) => actions.get(action)?.undo !== undefined),
      approval,
      why: reason !== undefined ? bySuppression[reason] : hands_over === null ? WHY[approval] : HANDED_OVER,
      facts: cutData(factsView.parse(plan.facts), FACTS_CHARS),
      untrusted,
      next_steps: takeSteps(
        context,
        approval === 'blocked'
          ? [rules, delegate]
          : [step('devops.errors.fix', { error_id: id }, fixReason(plan, approval)), rules],
      ),
    } as const;
    return { kind: 'answer', output: { ...output, steps: [...output.steps] }, truncated: false };
  },
});

const WHY = {
  none: 'The rule may act by itself.',
  required: 'The rule acts only after a person approved it.',
  blocked: 'Nothing would be done now.',
} as const;

const HANDED_OVER = 'Nothing would be changed: agents would be asked, as hands_over says.';

type Plan = NonNullable<z.output<typeof fixError.output>['plan']>;

/** What changes nothing needs nobody's consent. Asked for by hand, `observe` acts. */
function approvalOf({ mode, steps }: Plan): 'none' | 'required' {
  return mode === 'approve' && steps.length > 0 ? 'required' : 'none';
}

function fixReason({ hands_over }: Plan, approval: 'none' | 'required'): string {
  if (hands_over !== null) return 'Ask these agents.';
  return approval === 'required' ? 'Ask a person to approve the plan.' : 'Carry the plan out and prove that it helps.';
}

function riskiest(given: readonly Risk[]): Risk {
  return risks.findLast((risk) => given.includes(risk)) ?? 'none';
}
