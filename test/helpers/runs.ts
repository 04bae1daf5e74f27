/** How many runs a property gets: what a pull request can afford, times PDACTIONS_RUNS (many at night, a few for each mutant). */
export function runs(count: number): number {
  return Math.max(1, Math.ceil(count * Number(process.env.PDACTIONS_RUNS ?? 1)));
}
