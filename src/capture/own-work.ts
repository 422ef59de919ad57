// The guard against feeding back: what happens while captured errors are sent, the library's own HTTP calls and their
// errors included, is neither traced (the SDK's suppression) nor captured (ours, which needs no context manager).
import { AsyncLocalStorage } from 'node:async_hooks';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

const ownWork = new AsyncLocalStorage<true>();

export function asOwnWork<Result>(work: () => Result): Result {
  return ownWork.run(true, () => context.with(suppressTracing(context.active()), work));
}

export function isOwnWork(): boolean {
  return ownWork.getStore() === true;
}
