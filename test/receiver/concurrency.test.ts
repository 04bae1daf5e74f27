import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIntake, type Delivery } from '../../src/receiver/intake.ts';
import { type Claims, openClaims } from '../../src/receiver/ledger/claims.ts';
import { understand } from '../../src/receiver/press/message.ts';
import { routesOf } from '../../src/receiver/press/routes.ts';
import type { Outcome } from '../../src/receiver/run/script.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { actionOf, message } from './world.ts';

const RUNS = Number(process.env.PDACTIONS_FUZZ_RUNS ?? 200);
const OUTCOME: Outcome = { kind: 'succeeded', how: 'succeeded', ms: 1, output: '' };

const routes = [
  ...routesOf(
    [actionOf('a', { concurrency: 2 }), actionOf('b', {}), actionOf('c', { concurrency: 4 })],
    () => true,
  ).values(),
];

function delivery(id: string, action: number): Delivery {
  const understood = understand(JSON.parse(message({ id })), undefined);
  const route = routes[action % routes.length];
  if (understood.kind !== 'press' || !route) throw new Error('the message is no press');
  return { route, press: understood.press, body: '', headers: {} };
}

interface Life {
  readonly claims: Claims;
  readonly run: (delivery: Delivery, stop: AbortSignal) => Promise<Outcome>;
}

function intakeOf({ claims, run }: Life) {
  return createIntake({
    claims,
    run,
    limits: { running: 4, waiting: 6, stopMs: 1, notesMs: 1 },
    clock: createVirtualClock(),
    log: () => undefined,
    clean: (text) => text,
  });
}

describe('P15: many presses, in any order, over restarts', () => {
  it('P15: an id runs at most once, at most four at a time, and as many of an action as it allows', async () => {
    const folder = temporaryFolder();
    let file = 0;
    const press = fc.record({ id: fc.nat({ max: 14 }), action: fc.nat({ max: 2 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(press, { maxLength: 25 }), { maxLength: 4 }),
        async (scheduler, lives) => {
          file += 1;
          const runs = new Map<string, number>();
          for (const presses of lives) {
            const claims = openClaims(join(folder, `state-${file}`), 1000);
            const running = new Map<string, number>();
            const intake = intakeOf({
              claims,
              run: async ({ route, press: { id } }) => {
                runs.set(id, (runs.get(id) ?? 0) + 1);
                running.set(route.action, (running.get(route.action) ?? 0) + 1);
                expect([...running.values()].reduce((a, b) => a + b)).toBeLessThanOrEqual(4);
                expect(running.get(route.action)).toBeLessThanOrEqual(route.handler?.concurrency ?? 1);
                await scheduler.schedule(Promise.resolve(), id);
                running.set(route.action, (running.get(route.action) ?? 1) - 1);
                return OUTCOME;
              },
            });
            const sent = presses.map(async ({ id, action }) => {
              await scheduler.schedule(Promise.resolve(), 'arrives');
              const accepted = intake.accept(delivery(`m-${id}`, action));
              // Only what is not taken is sent again, and only that may run later.
              expect(['accepted', 'duplicate', 'full']).toContain(accepted);
            });
            await scheduler.waitFor(Promise.all(sent));
            // Half of the lives end in the middle, as by SIGKILL: nothing is told, and nothing closed properly.
            if (presses.length % 2 === 0) await scheduler.waitFor(intake.stop());
            claims.close();
          }
          for (const [id, count] of runs) expect(count, id).toBe(1);
        },
      ),
      { numRuns: RUNS },
    );
  }, 900_000);
});

describe('a message that cannot be written down', () => {
  it('is refused, not believed, when the disk is full', () => {
    const intake = intakeOf({
      claims: {
        has: () => false,
        take: () => {
          throw new Error('ENOSPC');
        },
        begin: () => undefined,
        owe: () => undefined,
        damaged: 0,
        finish: () => undefined,
        unfinished: [],
        close: () => undefined,
      },
      run: async () => {
        throw new Error('it must not run');
      },
    });
    expect(intake.accept(delivery('m-1', 0))).toBe('failed');
  });
});

describe('a run that fails in a way that nobody has thought of', () => {
  it('is an outcome like any other', async () => {
    const log: string[] = [];
    const claims = openClaims(join(temporaryFolder(), 'state'), 10);
    const intake = createIntake({
      claims,
      run: () => Promise.reject(new RangeError('too much')),
      limits: { running: 4, waiting: 6, stopMs: 1, notesMs: 1 },
      clock: createVirtualClock(),
      log: ({ event, detail }) => void log.push(`${event} ${detail ?? ''}`),
      clean: (text) => text,
    });
    expect(intake.accept(delivery('m-1', 0))).toBe('accepted');
    await intake.stop();
    claims.close();
    expect(log).toContain('failed failed inside of pdactions (too much)');
  });
});
