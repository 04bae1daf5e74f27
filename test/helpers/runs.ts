import fc from 'fast-check';

const TIMES = Number(process.env.PDACTIONS_RUNS ?? 1);

/** How many runs a property gets: what a pull request can afford, times PDACTIONS_RUNS (many at night, a few for each mutant). */
export function runs(count: number): number {
  return Math.max(1, Math.ceil(count * TIMES));
}

/** All cases of a list that takes long, or where properties get fewer runs as many of its cases, spread over it evenly. */
export function sample<Case>(cases: readonly Case[]): readonly Case[] {
  const count = Math.min(cases.length, runs(cases.length));
  return Array.from(
    { length: count },
    (_, at) => cases[Math.floor(((at + 0.5) * cases.length) / count)] as Case,
  );
}

export interface SlowProperty<Ts> {
  /** Made however busy the machine is. */
  readonly atLeast: number;
  /** Made while the time lasts. */
  readonly count: number;
  readonly ms: number;
  /** What once failed, taken first: fast-check prints the counterexample in the form in which it goes here. */
  readonly examples?: Ts[] | undefined;
}

/** For the test that holds a slow property: only a hang takes so long. */
export const SLOW_MS = 300_000 * Math.max(1, TIMES);

/** Asserts a property that may be slow: some runs come what may, the others up to a limit in time, which is no failure. */
export async function assertSlow<Ts extends [unknown, ...unknown[]]>(
  property: fc.IAsyncPropertyWithHooks<Ts>,
  { atLeast, count, ms, examples = [] }: SlowProperty<Ts>,
): Promise<void> {
  const first = Math.min(runs(atLeast), runs(count));
  await fc.assert(property, { numRuns: first, examples });
  await fc.assert(property, {
    // Other values than the first ones.
    seed: (fc.readConfigureGlobal().seed ?? 0) + 1,
    numRuns: Math.max(1, runs(count) - first),
    interruptAfterTimeLimit: ms * Math.max(1, TIMES),
    markInterruptAsFailure: false,
  });
}
