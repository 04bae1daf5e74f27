/** How a seeded account behaves, beside what it has: the part of a seed that a data file keeps along with the account. */

import { parseSwitches, type Switches } from '../account/switches.ts';
import { isObject } from '../json.ts';
import type { Seed } from '../seed/seed.ts';
import type { RateLimit } from '../wire/rate-limit.ts';

export interface Settings {
  readonly switches: Partial<Switches>;
  readonly rateLimit: RateLimit | null;
  readonly latencyMs: number | null;
}

/** What a seed says about how its account behaves; null where it says nothing. */
export function settingsOf(seed: Seed): Settings {
  const { rateLimit = null, latencyMs = null } = seed;
  return { switches: seed.switches as Partial<Switches>, rateLimit, latencyMs };
}

/** The settings in a data file, or null when they are damaged. A switch that no longer exists is damage, too. */
export function readSettings(value: unknown): Settings | null {
  if (!isObject(value)) return null;
  const { rateLimit, latencyMs } = value;
  const { switches, problems } = parseSwitches(value.switches);
  if (problems.length > 0 || !(rateLimit === null || isRateLimit(rateLimit))) return null;
  if (!(latencyMs === null || typeof latencyMs === 'number')) return null;
  return { switches, rateLimit, latencyMs };
}

function isRateLimit(value: unknown): value is RateLimit {
  return isObject(value) && typeof value.limit === 'number' && typeof value.windowSeconds === 'number';
}
