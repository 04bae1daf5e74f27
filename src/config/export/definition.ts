/** The material of one definition of an exported configuration. */
import type { LiveAction, Service, Template } from '../../core/action.ts';

/** The common form of actions on several services, where only `${service.…}` differs. */
export interface Pattern {
  readonly label: Template;
  readonly url: Template;
}

/** Actions that are equal in everything PagerDuty shows, or equal to one filled-in pattern. */
export interface Definition {
  /** One of them. */
  readonly action: LiveAction;
  readonly members: readonly LiveAction[];
  /** Their services, in the order of the names. */
  readonly services: readonly Service[];
  /** Their common form, if the members are not equal. */
  readonly pattern?: Pattern | undefined;
  /** The definitions that were folded into it. */
  readonly parts?: readonly Definition[] | undefined;
}
