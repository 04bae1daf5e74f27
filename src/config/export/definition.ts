/** What becomes one definition of an exported configuration. */
import type { LiveAction, Service, Template } from '../../core/action.ts';

/** What actions of several services have in common, where only `${service.…}` differs. */
export interface Pattern {
  readonly label: Template;
  readonly url: Template;
}

/** Actions that are equal in everything PagerDuty shows, or equal to one pattern filled in. */
export interface Definition {
  /** One of them. */
  readonly action: LiveAction;
  readonly members: readonly LiveAction[];
  /** Where they stand, in the order of the names. */
  readonly services: readonly Service[];
  /** What they have in common, where the members are not equal. */
  readonly pattern?: Pattern | undefined;
  /** The definitions that were folded into it. */
  readonly parts?: readonly Definition[] | undefined;
}
