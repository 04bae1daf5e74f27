import type { Place, ServiceRef } from './action.ts';
import type { ActionRequest } from './normalize.ts';
import type { Slot } from './slots.ts';

export type { ServiceRef };

/** The reason why a plan cannot be applied; found for all services before any write. */
export type Refusal =
  | {
      readonly code: 'over-limit';
      readonly service: ServiceRef;
      /** Everything that would hold a slot at the end. */
      readonly slots: readonly Slot[];
      /** The selectors that request the declared ones. */
      readonly selectors: readonly string[];
      /** The same with their places; absent if unknown. */
      readonly asked?: readonly ActionRequest[] | undefined;
      /** True if deleting unmanaged actions would make room. */
      readonly pruneHelps: boolean;
    }
  | {
      readonly code: 'duplicate-label';
      readonly service: ServiceRef;
      readonly label: string;
      readonly ids: readonly string[];
    }
  | {
      readonly code: 'ambiguous-rename';
      readonly service: ServiceRef;
      readonly label: string;
      readonly candidates: readonly { readonly id: string; readonly label: string }[];
    }
  | {
      /** An action with the same endpoint whose label only looks the same. */
      readonly code: 'look-alike';
      readonly service: ServiceRef;
      readonly label: string;
      /** The declared action's key in the config. */
      readonly key: string;
      readonly id: string;
      /** The label as PagerDuty stores it. */
      readonly stored: string;
    }
  | {
      readonly code: 'same-label-twice';
      readonly service: ServiceRef;
      readonly label: string;
      readonly keys: readonly string[];
      /** The selectors that request them, with their places; absent if unknown. */
      readonly asked?: readonly ActionRequest[] | undefined;
    }
  | {
      /** An action that is invalid on the service once `${service.…}` is filled in. */
      readonly code: 'unfit';
      readonly service: ServiceRef;
      /** As filled in. */
      readonly label: string;
      readonly key: string;
      readonly field: 'label' | 'url';
      readonly why: string;
      readonly fix: string;
      /** The field's place in the config. */
      readonly place: Place;
    };
