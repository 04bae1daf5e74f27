/** Makes the action of one service from a definition: fills in `${service.…}`, and checks the result. */
import type { ActionSpec, Objection, ServiceRef } from '../action.ts';
import { fillText, fillUrl, type ServiceNames } from './template.ts';

/** An action that is invalid on its service, and the reason. */
export interface Unfit {
  /** As filled in. */
  readonly spec: ActionSpec;
  readonly objection: Objection;
}

/** The action for one service; the definition itself if it has no references. */
export function filledFor(spec: ActionSpec, service: ServiceNames): ActionSpec {
  const { perService, ...rest } = spec;
  if (perService === undefined) return spec;
  const { label, url, urlSource, renamedFrom, written } = perService;
  const filledUrl = fillUrl(url, service);
  const source = urlSource && fillUrl(urlSource, service);
  return {
    ...rest,
    label: fillText(label, service),
    url: filledUrl,
    urlSource: source === filledUrl ? undefined : source,
    renamedFrom: renamedFrom.map((former) => fillText(former, service)),
    written,
  };
}

/**
 * Objections to the definitions once they are filled in for a service.
 * @param specs the definitions, unfilled
 * @param filled the same filled in, in the same order
 */
export function objectionsTo(
  specs: readonly ActionSpec[],
  filled: readonly ActionSpec[],
  service: ServiceRef,
): Unfit[] {
  return specs.flatMap(({ perService }, index) => {
    const action = filled[index];
    if (perService === undefined || action === undefined) return [];
    const others = filled.filter((other) => other !== action).map(({ label }) => label);
    return perService.objectTo(action, service, others).map((objection) => ({ spec: action, objection }));
  });
}
