import type { Finding } from '../parse/located.ts';
import type { Variables } from '../secrets/interpolate.ts';
import type { Source } from './source.ts';

/** The needs of reading a document into a configuration, and its findings. */
export interface Reading {
  readonly source: Source;
  readonly variables: Variables;
  /** Treats doubts as errors (T12). */
  readonly strict: boolean;
  /** Presses come from this machine. */
  readonly pressedHere: boolean;
  /** Endpoints and headers are left out, and no variable is looked at. */
  readonly labelsOnly: boolean;
  /** Knows which addresses PagerDuty cannot reach; absent until one is met. */
  readonly isInternal: ((hostname: string) => boolean) | undefined;
  /** Set where an endpoint is an address and `isInternal` is absent: it has to be read again. */
  meetsAddress: boolean;
  readonly faults: Finding[];
  readonly warnings: Finding[];
  /** Variables that the file refers to, apart from those that are never expanded. */
  readonly names: Set<string>;
  /** Those of them in URLs. A plan compares URLs, so it needs their values. */
  readonly urlNames: Set<string>;
  /** Values that must never be shown. */
  readonly secrets: Set<string>;
}
