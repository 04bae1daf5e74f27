import type { LocatedProblem } from '../parse/located.ts';
import type { Variables } from '../secrets/interpolate.ts';
import type { Source } from './source.ts';

/** The settings for reading a document into a configuration, and the results. */
export interface Reading {
  readonly source: Source;
  readonly variables: Variables;
  /** Treats suspicions as errors (T12). */
  readonly strict: boolean;
  /** Presses come from this machine. */
  readonly pressedHere: boolean;
  /** Omits endpoints and headers, and reads no variable. */
  readonly labelsOnly: boolean;
  /** Knows the addresses that PagerDuty cannot reach; absent until one occurs. */
  readonly isInternal: ((hostname: string) => boolean) | undefined;
  /** Set if an endpoint is an address and `isInternal` is absent, so that the file must be read again. */
  meetsAddress: boolean;
  readonly problems: LocatedProblem[];
  readonly warnings: LocatedProblem[];
  /** Variables that the file refers to, except those that are never expanded. */
  readonly names: Set<string>;
  /** Those of them in URLs. A plan compares URLs, so it needs their values. */
  readonly urlNames: Set<string>;
  /** Values that must never be shown. */
  readonly secrets: Set<string>;
}
