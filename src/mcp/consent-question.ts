// What a person is asked before Errata changes something: which change, why, on what, with which values. Names and values
// may come from errors and probes: they are short, visible and in quotes, so that none of them reads as part of the question.
import type * as z from 'zod';
import type { fixView } from '../operations/attempt-view.ts';
import { cut, cutData } from './budget.ts';
import type { ToolContext } from './tool.ts';

type Fix = z.output<typeof fixView>;

const NAME_CHARS = 100;
const PARAMS_CHARS = 200;

/** What is more is on the page. */
const MAX_STEPS = 5;

export function askToCarryOut(fix: Fix, url: string): string {
  return question(`May Errata carry out the rule ${fix.rule_id} now?`, fix, { steps: fix.planned, url });
}

export function askToUndo(fix: Fix, url: string): string {
  const steps = fix.steps.filter(({ state }) => state === 'done').toReversed();
  return question(`May Errata undo what the rule ${fix.rule_id} changed?`, fix, { steps, url });
}

/** Where a person sees, approves and undoes a fix. */
export function fixUrl({ adminUrl }: Pick<ToolContext, 'adminUrl'>, fixId: string): string {
  return `${adminUrl}#/fixes/${fixId}`;
}

function question(
  asked: string,
  { finding, target }: Fix,
  { steps, url }: { readonly steps: Fix['planned']; readonly url: string },
): string {
  const shown = steps.slice(0, MAX_STEPS).map(({ action, params }, index) => {
    return `${index + 1}. ${action} ${JSON.stringify(cutData(params, PARAMS_CHARS))}`;
  });
  const more = steps.length > shown.length ? [`and ${steps.length - shown.length} more`] : [];
  return [
    asked,
    `Finding: ${quoted(finding)}`,
    `Target: ${quoted(target)}`,
    ...shown,
    ...more,
    `All of it: ${url}`,
  ].join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(cut(text, NAME_CHARS));
}
