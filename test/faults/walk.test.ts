/** P2: an account in the hands of many: people, other configs, faults, time. Whatever comes, every run is safe and the last one ends well. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/fault.ts';
import { runs } from '../helpers/runs.ts';
import type { Lab } from './lab.ts';
import { commitsOf, documentOf, expectSafe } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { SMALL } from './worlds.ts';

const at = useLab(SMALL);

const SERVICES = ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo'] as const;
const KEYS = ['diagnose', 'restart', 'revert'] as const;
const { actions } = SMALL.config as { actions: Record<(typeof KEYS)[number], { label: string }> };
const LABELS = [...KEYS.map((key) => actions[key].label), 'Old One', 'Mine'];

type Step =
  | {
      readonly does: 'declares';
      readonly services: readonly (readonly (typeof KEYS)[number][])[];
      prune: boolean;
    }
  | { readonly does: 'syncs'; readonly fault: Fault | null }
  | { readonly does: 'adds'; readonly service: number; readonly label: number; disabled: boolean }
  | { readonly does: 'removes'; readonly which: number }
  | { readonly does: 'waits'; readonly ms: number };

const faults: fc.Arbitrary<Fault> = fc
  .record({
    index: fc.integer({ min: 1, max: 40 }),
    phase: fc.constantFrom('before-read', 'before-commit', 'after-commit'),
    how: fc.constantFrom<readonly Pick<Extract<Fault, { action: 'status' }>, 'status'>[]>(
      ...[429, 500, 502, 503, 400, 403, 404, 408, 409].map((status) => [{ status }]),
      [],
    ),
    times: fc.constantFrom<1 | 2 | 'always'>(1, 2, 'always'),
  })
  .map(({ index, phase, how, times }): Fault => {
    const [status] = how;
    // A 404 to a DELETE means that it is gone (F23): a server that lies about that cannot be told from one that does not.
    const method = index % 2 === 0 ? 'GET' : 'PUT';
    const match = status?.status === 404 ? { index, method } : { index };
    const common = { match, phase, times } as const;
    // What was carried out is never answered with a definite no.
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

/** A person does not get past the limit of three either. */
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

describe('P2: whatever happens to an account', () => {
  it('every run is safe, and once nothing goes wrong any more the end is as wanted', async () => {
    const { lab, ideal } = at();
    const { scope } = ideal(SMALL);
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 3, maxLength: 10 }), async (walk) => {
        await lab.reset(SMALL);
        for (const [serial, step] of walk.entries()) {
          if (step.does === 'declares') declare(lab, step);
          if (step.does === 'adds') await add(lab, step, serial);
          if (step.does === 'waits') await lab.sandbox.advance(step.ms);
          if (step.does === 'removes') {
            const { extensions } = lab.sandbox.state();
            const one = extensions[step.which % extensions.length];
            if (one && one.schema === 'custom_webhook') await lab.sandbox.edit({ remove: [one.id] });
          }
          if (step.does !== 'syncs') continue;
          lab.break(step.fault ? [step.fault] : []);
          const run = await lab.run(ARGV);
          expect([0, 5, 6, 7, 8]).toContain(run.code);
          expectSafe(lab, { scope }, run);
          lab.break([]);
        }
        const last = await lab.run(ARGV);
        // Too much for a service is refused, with nothing written; all else comes to its end.
        if (documentOf(last)?.refusals.length) {
          expect(last.code).toBe(8);
          expect(commitsOf(last)).toEqual([]);
        } else {
          expect(last.code, last.stdout + last.stderr).toBe(0);
          expect(commitsOf(await lab.run(ARGV))).toEqual([]);
        }
      }),
      { numRuns: runs(150) },
    );
  });
});
