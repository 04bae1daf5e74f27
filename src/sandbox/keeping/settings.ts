/** The behaviour of a seeded account: the part of a seed that a data file stores with the account. */

import type { Switches } from '../account/switches.ts';
import type { Seed } from '../seed/seed.ts';
import type { RateLimit } from '../wire/rate-limit.ts';

export interface Settings {
  readonly switches: Partial<Switches>;
  readonly rateLimit: RateLimit | null;
  readonly latencyMs: number | null;
}

/** A seed's settings for the behaviour of its account; null where it has none. */
export function settingsOf(seed: Seed): Settings {
  const { rateLimit = null, latencyMs = null } = seed;
  return { switches: seed.switches as Partial<Switches>, rateLimit, latencyMs };
}
