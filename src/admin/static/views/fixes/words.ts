// What reasons mean for people, and what to do about each.
import type { FixItem } from '../../answers.ts';

export function adviceFor(suppression: NonNullable<FixItem['suppression']>): string {
  switch (suppression) {
    case 'observe':
      return 'To let it act, set the mode to approve or auto, in errata.yaml and in the rule; or ask for the fix at the error.';
    case 'paused':
      return 'It may act again when somebody lets fixes go on.';
    case 'protected':
      return 'It is marked as protected, or part of Errata itself: no rule changes it.';
    case 'not_enabled':
      return 'Give its container the label errata.autofix=true if it may be changed.';
    case 'no_target':
      return 'Name the service under services in errata.yaml, or label its container.';
    case 'ambiguous_target':
      return 'Several things go by this name: say in errata.yaml which one is meant.';
    case 'other_company':
      return 'An error reaches only what belongs to its company.';
    case 'unavailable':
      return 'What the rule needs is not there: the list of rules says what.';
    case 'deploy_in_progress':
      return 'It was started a moment ago: a deployment is left to itself.';
    case 'operator_hold':
      return 'Somebody stopped it on purpose. When they start it again, rules may act again.';
    case 'cooldown':
      return 'The last attempt was too short a time ago: first it must be seen whether that one helped.';
    case 'attempts':
      return 'It was changed often enough in this time. A person should look.';
    case 'breaker_open':
      return 'The last attempts did not help, so no more are made. A person should look.';
    case 'budget':
      return 'As much was changed in this hour as may be, over all rules.';
    case 'common_cause':
      return 'Much fails at once, which has one cause: changing each by itself would not help.';
    case 'busy':
      return 'Something else is being done to it already.';
  }
}
