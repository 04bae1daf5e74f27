/** P2: an account changed by people, other configs, faults and time: every run is safe, and the last one succeeds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { assertSlow, SLOW_MS } from '../helpers/runs.ts';
import type { Lab, Run } from './lab.ts';
import { commitsOf, documentOf, expectSafe } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { SMALL } from './worlds.ts';

const at = useLab(SMALL);

const SERVICES = ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo'] as const;
const KEYS = ['diagnose', 'restart', 'revert'] as const;
const { actions } = SMALL.config as {
  actions: Record<(typeof KEYS)[number], { readonly label: string; readonly url: string }>;
};
const LABELS = [...KEYS.map((key) => actions[key].label), 'Old One', 'Mine'];

type Phase = 'before-read' | 'before-commit' | 'after-commit';
const phases = fc.constantFrom<Phase>('before-read', 'before-commit', 'after-commit');

type Step =
  | {
      readonly does: 'declares';
      readonly services: readonly (readonly (typeof KEYS)[number][])[];
      readonly prune: boolean;
    }
  | { readonly does: 'is killed'; readonly index: number; readonly phase: Phase }
  | { readonly does: 'edits'; readonly which: number }
  | { readonly does: 'syncs'; readonly fault: InjectedFault | null }
  | { readonly does: 'adds'; readonly service: number; readonly label: number; disabled: boolean }
  | { readonly does: 'removes'; readonly which: number }
  | { readonly does: 'waits'; readonly ms: number };

const faults: fc.Arbitrary<InjectedFault> = fc
  .record({
    index: fc.integer({ min: 1, max: 40 }),
    phase: phases,
    how: fc.constantFrom<readonly Pick<Extract<InjectedFault, { action: 'status' }>, 'status'>[]>(
      ...[429, 500, 502, 503, 400, 401, 403, 404, 408, 409].map((status) => [{ status }]),
      [],
    ),
    times: fc.constantFrom<1 | 2 | 'always'>(1, 2, 'always'),
  })
  .map(({ index, phase, how, times }): InjectedFault => {
    const [status] = how;
    // A 404 to a DELETE means that the action is gone (F23), and a false one is indistinguishable from a true one.
    const method = index % 2 === 0 ? 'GET' : 'PUT';
    const match = status?.status === 404 ? { index, method } : { index };
    const common = { match, phase, times } as const;
    // A committed request never gets a definite refusal.
    const certain = status && phase === 'after-commit' && ![500, 502, 503, 408].includes(status.status);
    if (!status || certain) return { action: 'reset', ...common };
    return { action: 'status', ...status, ...common };
  });

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constant('declares' as const),
    services: fc.tuple(...SERVICES.map(() => fc.subarray([...KEYS]))),
    prune: fc.boolean(),
  }),
  { weight: 3, arbitrary: fc.record({ does: fc.constant('syncs' as const), fault: fc.option(faults) }) },
  fc.record({
    does: fc.constant('adds' as const),
    service: fc.nat(SERVICES.length - 1),
    label: fc.nat(LABELS.length - 1),
    disabled: fc.boolean(),
  }),
  fc.record({ does: fc.constant('removes' as const), which: fc.nat(30) }),
  fc.record({ does: fc.constant('edits' as const), which: fc.nat(30) }),
  fc.record({
    does: fc.constant('is killed' as const),
    index: fc.integer({ min: 1, max: 30 }),
    phase: phases,
  }),
  fc.record({ does: fc.constant('waits' as const), ms: fc.constantFrom(1_000, 31_000, 3_600_000) }),
);

const ARGV = ['sync', '--yes', '--json', '--enable', '--allow-empty', '--max-deletes', '100'];

function declare(lab: Lab, { services, prune }: Extract<Step, { does: 'declares' }>): void {
  const config = {
    account: 'acme',
    actions,
    services: Object.fromEntries(SERVICES.map((name, index) => [name, services[index] ?? []])),
    prune,
  };
  writeFileSync(join(lab.folder, 'pdactions.config.json'), JSON.stringify(config));
}

/** The limit of three applies to people, too. */
async function add(lab: Lab, { service, label, disabled }: Extract<Step, { does: 'adds' }>, serial: number) {
  const on = `P${SERVICES[service]?.toUpperCase()}`;
  const own = lab.sandbox
    .state()
    .extensions.filter(({ serviceIds, schema }) => serviceIds.includes(on) && schema === 'custom_webhook');
  const name = LABELS[label] ?? '';
  if (own.length >= 3 || own.some((one) => one.name === name)) return;
  const one = { id: `PMINE${serial}`, service: on, name, url: 'https://mine.example.com/', disabled };
  await lab.sandbox.edit({ insert: { extensions: [one] } });
}

/** The action that a person changes. */
function pick(lab: Lab, which: number) {
  const { extensions } = lab.sandbox.state();
  const one = extensions[which % extensions.length];
  return one?.schema === 'custom_webhook' && one.serviceIds.length === 1 ? one : undefined;
}

async function edit(lab: Lab, which: number): Promise<void> {
  const one = pick(lab, which);
  if (!one) return;
  const { id, name, serviceIds } = one;
  const edited = { id, name, service: serviceIds[0] ?? '', url: 'https://edited.example.com/' };
  await lab.sandbox.edit({ insert: { extensions: [edited] } });
}

/** SIGKILL at the only request in flight, so that no effect of that run follows. Null if it was killed, otherwise the completed run. */
async function kill(lab: Lab, index: number, phase: Phase): Promise<Run | null> {
  lab.onSignal = () => lab.kill();
  lab.break([
    { action: 'signal', signal: 'SIGINT', match: { index }, phase },
    { action: 'reset', match: { index }, phase },
  ]);
  const run = await lab.runUntilKilled([...ARGV, '--concurrency', '1']);
  lab.onSignal = () => undefined;
  return run;
}

/** The model: the last declared actions exist, and with `prune` no others. The check does not rely on the program's output. */
function expectDeclared(lab: Lab, { services, prune }: Extract<Step, { does: 'declares' }>): void {
  const { extensions } = lab.sandbox.state();
  for (const [index, name] of SERVICES.entries()) {
    const on = `P${name.toUpperCase()}`;
    const own = extensions.filter(
      ({ schema, serviceIds }) => schema === 'custom_webhook' && serviceIds.join() === on,
    );
    const there = own.map(({ name: label, url }) => `${label} ${url}`).sort();
    const wanted = (services[index] ?? []).map((key) => `${actions[key].label} ${actions[key].url}`).sort();
    if (prune) expect(there, name).toEqual(wanted);
    else expect(there, name).toEqual(expect.arrayContaining(wanted));
  }
}

const EVERYTHING: Step = { does: 'declares', services: SERVICES.map(() => [...KEYS]), prune: true };

/** Walks that once failed, or could have; they run first. */
const EXAMPLES: [Step[]][] = [
  [[EVERYTHING, { does: 'is killed', index: 12, phase: 'after-commit' }, { does: 'syncs', fault: null }]],
  [
    [
      EVERYTHING,
      {
        does: 'syncs',
        fault: { action: 'reset', match: { index: 14 }, phase: 'after-commit', times: 'always' },
      },
      { does: 'edits', which: 0 },
      { does: 'waits', ms: 31_000 },
    ],
  ],
];

describe('P2: whatever happens to an account', () => {
  it(
    'every run is safe, and a last run without faults reaches the declared state',
    async () => {
      const { lab, ideal } = at();
      const { scope } = ideal(SMALL);
      await assertSlow(
        fc.asyncProperty(fc.array(steps, { minLength: 3, maxLength: 10 }), async (walk) => {
          await lab.reset(SMALL);
          for (const [serial, step] of walk.entries()) {
            if (step.does === 'declares') declare(lab, step);
            if (step.does === 'adds') await add(lab, step, serial);
            if (step.does === 'waits') await lab.sandbox.advance(step.ms);
            if (step.does === 'removes') {
              const one = pick(lab, step.which);
              if (one) await lab.sandbox.edit({ remove: [one.id] });
            }
            if (step.does === 'edits') await edit(lab, step.which);
            if (step.does === 'is killed') {
              const run = await kill(lab, step.index, step.phase);
              if (run) expectSafe(lab, { scope }, run);
              lab.break([]);
            }
            if (step.does !== 'syncs') continue;
            lab.break(step.fault ? [step.fault] : []);
            const run = await lab.run(ARGV);
            expect([0, 5, 6, 7, 8]).toContain(run.code);
            expectSafe(lab, { scope }, run);
            lab.break([]);
          }
          const last = await lab.run(ARGV);
          // A full service is refused, with nothing written; otherwise the run succeeds.
          if (documentOf(last)?.refusals.length) {
            expect(last.code).toBe(8);
            expect(commitsOf(last)).toEqual([]);
          } else {
            expect(last.code, last.stdout + last.stderr).toBe(0);
            const declared = walk.findLast((step) => step.does === 'declares');
            if (declared) expectDeclared(lab, declared);
            expect(commitsOf(await lab.run(ARGV))).toEqual([]);
          }
        }),
        { atLeast: 50, count: 150, ms: 10_000, examples: EXAMPLES },
      );
    },
    SLOW_MS,
  );
});
