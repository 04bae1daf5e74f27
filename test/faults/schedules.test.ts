/** P6, like Jepsen: two runs, their requests interleaved in every kind of order, and a history to check them against. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { assertSlow, SLOW_MS } from '../helpers/runs.ts';
import type { Lab, Run } from './lab.ts';
import { commitsOf, documentOf, type OutcomeDocument } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { SMALL } from './worlds.ts';

const at = useLab(SMALL);
/** More requests than two runs and their looks send. */
const MOST = 120;

/** Runs the program twice at once; at each step, `first` selects which of the two waiting requests goes on. */
async function interleave(lab: Lab, first: readonly boolean[]): Promise<readonly [Run, Run]> {
  await lab.reset(SMALL);
  lab.timePasses = true;
  const indexes = Array.from({ length: MOST }, (_, at) => at + 1);
  lab.break(
    indexes.map(
      (index): InjectedFault => ({
        action: 'gate',
        gate: `g${index}`,
        match: { index },
        phase: 'before-read',
      }),
    ),
  );
  const waiting: number[] = [];
  let wake = (): void => undefined;
  let unfinished = 2;
  for (const index of indexes) {
    void lab.sandbox.reached(`g${index}`).then(() => {
      waiting.push(index);
      wake();
    });
  }
  const finished = (): void => {
    unfinished -= 1;
    wake();
  };
  const runs = [lab.run(SMALL.argv), lab.run(SMALL.argv)] as const;
  for (const run of runs) run.then(finished, finished);
  for (let step = 0; unfinished > 0; step += 1) {
    // Each run sends one request at a time: as soon as both wait, one may proceed.
    while (unfinished > 0 && waiting.length < unfinished) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    waiting.sort((a, b) => a - b);
    const next = first[step % first.length] ? waiting.shift() : waiting.pop();
    if (next !== undefined) lab.sandbox.release(`g${next}`);
  }
  return Promise.all(runs);
}

function twinsOn(lab: Lab): string[] {
  const groups = new Map<string, string[]>();
  for (const { id, name, serviceIds, schema } of lab.sandbox.state().extensions) {
    const key = JSON.stringify([name, serviceIds, schema]);
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups.values()].filter((ids) => ids.length > 1).flat();
}

/** A reported change must be in the history; the other run may have made the same one. */
function expectTrue(outcome: OutcomeDocument, commits: ReturnType<typeof commitsOf>): void {
  const { kind, status, id, label, service, note } = outcome;
  if (status !== 'applied' || note === 'already there' || kind === 'delete') return;
  const verb = note === 'recreated' ? 'create' : kind;
  const done = commits.some((commit) => commit.verb === verb && commit.id === id);
  expect(done, `${kind} ${label} on ${service.name} is applied`).toBe(true);
}

describe('P6: two runs at once', () => {
  it(
    'report the truth, and never leave duplicate labels silently',
    async () => {
      const { lab } = at();
      await assertSlow(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: 8, maxLength: 64 }), async (order) => {
          const runs = await interleave(lab, order);
          const commits = lab.sandbox.log().commits.filter(({ by }) => by === 'api');
          for (const run of runs) {
            expect([0, 6, 8]).toContain(run.code);
            for (const outcome of documentOf(run)?.report?.outcomes ?? []) expectTrue(outcome, commits);
          }
          const twins = twinsOn(lab);
          const told = runs.flatMap(
            (run) => documentOf(run)?.report?.duplicates.flatMap(({ ids }) => ids) ?? [],
          );
          for (const id of twins) expect(told).toContain(id);
          if (twins.length > 0) expect(runs.map(({ code }) => code)).toContain(8);
          lab.break([]);
          lab.timePasses = false;
          await lab.sandbox.edit({ remove: twins.filter((_, index) => index % 2 === 1) });
          // One more run is enough, whatever the two have left behind.
          const third = await lab.run(SMALL.argv);
          expect(third.code, third.stdout + third.stderr).toBe(0);
          expect(commitsOf(await lab.run(SMALL.argv))).toEqual([]);
        }),
        { atLeast: 20, count: 60, ms: 15_000 },
      );
    },
    SLOW_MS,
  );
});
