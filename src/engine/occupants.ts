import { SLOTS_PER_SERVICE } from '../core/action.ts';
import type { LiveService } from '../core/live.ts';
import type { ServiceRef } from '../core/refusal.ts';
import { RefusedError } from '../errors.ts';

/** A full service, with the labels of the actions in its slots (F24). */
export function fullService(
  service: ServiceRef,
  { writable, shared }: LiveService,
  cause?: unknown,
): RefusedError {
  return new RefusedError(`${service.name} has no free slot: all ${SLOTS_PER_SERVICE} are taken`, {
    reason: 'limit',
    details: [...writable, ...shared].map(
      (action) => `${action.label} (${action.id})${action.disabled ? ', temporarily disabled' : ''}`,
    ),
    hint: 'Delete one with `pdactions delete ID`, or remove an action from the config.',
    cause,
  });
}
