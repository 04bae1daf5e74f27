import fc from 'fast-check';

const TIMES = Number(process.env.PDACTIONS_RUNS ?? 1);

/** Number of runs of a property: a count that a pull request can afford, times PDACTIONS_RUNS (many at night, a few per mutant). */
export function runs(count: number): number {
  return Math.max(1, Math.ceil(count * TIMES));
}

/** All cases of a slow list; if properties get fewer runs, the same share of its cases, evenly spaced. */
export function sample<Case>(cases: readonly Case[]): readonly Case[] {
  const count = Math.min(cases.length, runs(cases.length));
  return Array.from(
    { length: count },
    (_, at) => cases[Math.floor(((at + 0.5) * cases.length) / count)] as Case,
  );
}

export interface SlowProperty<Ts> {
  /** The minimum, however slow the machine is. */
  readonly atLeast: number;
  /** The maximum, unless the time is over before. */
  readonly count: number;
  readonly ms: number;
  /** Earlier failures, which run first: fast-check prints a counterexample in this form. */
  readonly examples?: Ts[] | undefined;
}

/** Time limit for a test with a slow property, exceeded only by a hang. */
export const SLOW_MS = 300_000 * Math.max(1, TIMES);

/** Asserts a slow property: the minimum of runs always, the rest until a time limit, which is not a failure. */
export async function assertSlow<Ts extends [unknown, ...unknown[]]>(
  property: fc.IAsyncPropertyWithHooks<Ts>,
  { atLeast, count, ms, examples = [] }: SlowProperty<Ts>,
): Promise<void> {
  const first = Math.min(runs(atLeast), runs(count));
  await fc.assert(property, { numRuns: first, examples });
  await fc.assert(property, {
    // Other values than those of the first runs.
    seed: (fc.readConfigureGlobal().seed ?? 0) + 1,
    numRuns: Math.max(1, runs(count) - first),
    interruptAfterTimeLimit: ms * Math.max(1, TIMES),
    markInterruptAsFailure: false,
  });
}
