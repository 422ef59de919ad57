// Why a fix is held back, for people, and what lets it through.
import type { FixItem } from '../../answers.ts';

type Suppression = NonNullable<FixItem['suppression']>;

export const suppressionText: Readonly<Record<Suppression, string>> = {
  observe: 'Healing observes only. Set healing.mode to approve or auto in errata.yaml to let it act.',
  paused: 'Fixes are paused.',
  protected: 'The target belongs to Errata itself, or is protected.',
  not_enabled: 'The container does not carry the label errata.autofix=true.',
  no_target: 'No container or service was found that the error is about.',
  ambiguous_target: 'Several containers or services fit: it is not clear which one is meant.',
  other_company: 'The target belongs to another company.',
  unavailable: 'The container engine, or another one that is needed, is not there.',
  deploy_in_progress: 'The target is being deployed.',
  operator_hold: 'Somebody stopped or changed the target by hand a moment ago.',
  cooldown: 'The same fix was tried a moment ago.',
  attempts: 'It was tried as often as the rule allows.',
  breaker_open: 'This fix did not help lately, so the rule rests.',
  budget: 'As many fixes as an hour allows were made.',
  common_cause: 'Many targets fail at once: it is one cause, and none of them is touched.',
  busy: 'Another fix is at work on the same target.',
};
