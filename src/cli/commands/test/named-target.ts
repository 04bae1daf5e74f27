/** The targets of `test`, and the flags that name them. */
import type { TestTarget } from '../../../tester/target.ts';
import type { HeaderFlags } from '../../ask/headers.ts';

export interface TargetFlags extends HeaderFlags {
  readonly url?: string | undefined;
  readonly service?: readonly string[] | undefined;
}

/** A target, with its key in the config; null if it was given by its URL. */
export interface NamedTarget extends TestTarget {
  readonly key: string | null;
  /** The URL as the config writes it, if it differs. */
  readonly urlSource?: string | undefined;
  /** Ids of the live actions with this endpoint. */
  readonly ids?: readonly string[] | undefined;
  /** Headers that PagerDuty sends and this test cannot, because their values cannot be read (fact 14). */
  readonly unsent?: readonly string[] | undefined;
}
