// How states of delegations, cases, reports and messages look.
import type { DelegationItem, MessageList } from '../../answers.ts';
import type { IconName } from '../../parts/icon.ts';
import type { Tone } from '../../parts/mark.ts';

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
}

export function lookOfDelegation(state: DelegationItem['state']): Look {
  switch (state) {
    case 'open':
      return { tone: 'warning', icon: 'waiting' };
    case 'acknowledged':
      return { tone: 'info', icon: 'running' };
    case 'reported':
      return { tone: 'good', icon: 'done' };
    case 'expired':
      return { tone: 'error', icon: 'failed' };
    case 'withdrawn':
      return { tone: 'quiet', icon: 'quiet' };
  }
}

export function lookOfCase(state: DelegationItem['case']['state']): Look {
  switch (state) {
    case 'open':
      return { tone: 'info', icon: 'running' };
    case 'resolved':
      return { tone: 'good', icon: 'done' };
    case 'escalated':
      return { tone: 'error', icon: 'warning' };
  }
}

export function lookOfReport(status: NonNullable<DelegationItem['report']>['status']): Look {
  switch (status) {
    case 'resolved':
      return { tone: 'good', icon: 'done' };
    case 'found':
      return { tone: 'info', icon: 'search' };
    case 'no_fault':
      return { tone: 'quiet', icon: 'quiet' };
    case 'unable':
      return { tone: 'warning', icon: 'warning' };
  }
}

export function lookOfMessage(state: MessageList['notifications'][number]['state']): Look {
  switch (state) {
    case 'pending':
      return { tone: 'info', icon: 'running' };
    case 'sent':
      return { tone: 'good', icon: 'done' };
    case 'held':
      return { tone: 'warning', icon: 'waiting' };
    case 'failed':
      return { tone: 'error', icon: 'failed' };
  }
}
