import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIntake } from '../../src/receiver/intake.ts';
import { type Claims, openClaims } from '../../src/receiver/ledger/claims.ts';
import { FileLedger } from '../../src/receiver/ledger/file-ledger.ts';
import type { Ledger } from '../../src/receiver/ledger/ledger.ts';
import { understand } from '../../src/receiver/press/message.ts';
import { routesOf } from '../../src/receiver/press/routes.ts';
import type { Delivery } from '../../src/receiver/press-worker.ts';
import type { RunOutcome } from '../../src/receiver/run/script.ts';
import type { Log } from '../../src/receiver/tell/events.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { runs } from '../helpers/runs.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { actionOf, message } from './world.ts';

const OUTCOME: RunOutcome = { kind: 'succeeded', how: 'succeeded', ms: 1, output: '' };

const routes = [
  ...routesOf(
    [actionOf('a', { concurrency: 2 }), actionOf('b', {}), actionOf('c', { concurrency: 4 })],
    () => true,
  ).values(),
];

function delivery(id: string, action: number): Delivery {
  const understood = understand(JSON.parse(message({ id })), undefined);
  const route = routes[action % routes.length];
  if (understood.kind !== 'press' || !route) throw new Error('the message is not a press');
  return { route, press: understood.press, body: '', headers: {} };
}

interface Life {
  readonly ledger: Ledger;
  readonly run: (delivery: Delivery, stop: AbortSignal) => Promise<RunOutcome>;
  readonly log?: Log;
}

const NOW = Date.UTC(2026, 10, 28);

function intakeOf({ ledger, run, log = () => undefined }: Life) {
  return createIntake({
    ledger,
    run,
    routes: () => routes,
    keepsRequests: false,
    refusal: async () => null,
    addNote: undefined,
    startedNoteMs: 1,
    startDelayMs: 1,
    drainMs: () => 1,
    clock: createVirtualClock(),
    now: () => NOW,
    log,
    clean: (text) => text,
  });
}

const NO_LOCK = { isHeld: () => true, release: () => undefined };
/** A disk that confirms everything at once. */
const AT_ONCE = async (): Promise<void> => undefined;

function ledgerOf(claims: Claims): Ledger {
  return new FileLedger({
    claims,
    limits: { running: 4, waiting: 6, notesMs: 1 },
    clock: createVirtualClock(),
    now: () => NOW,
    log: () => undefined,
    redact: (text) => text,
  });
}

/** Waits until no press runs or waits. */
async function finished(ledger: Ledger): Promise<void> {
  for (;;) {
    const { running, waiting } = await ledger.counts();
    if (running + waiting === 0) return;
    await new Promise(setImmediate);
  }
}

describe('P15: many presses, in any order, over restarts', () => {
  it('P15: each accepted one runs once and in turn, at most four at a time, and as many of an action as it allows', async () => {
    const folder = temporaryFolder();
    let file = 0;
    const press = fc.record({ id: fc.nat({ max: 14 }), action: fc.nat({ max: 2 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(press, { maxLength: 25 }), { maxLength: 4 }),
        async (scheduler, lives) => {
          file += 1;
          const taken: string[] = [];
          const runs: string[] = [];
          const actionOf = new Map<string, string>();
          const begin = async (turn: () => Promise<void>) => {
            const ledger = ledgerOf(openClaims(join(folder, `state-${file}`), 1000, NO_LOCK, AT_ONCE));
            const running = new Map<string, number>();
            const intake = intakeOf({
              ledger,
              run: async ({ route, press: { id } }) => {
                runs.push(id);
                running.set(route.action, (running.get(route.action) ?? 0) + 1);
                expect([...running.values()].reduce((a, b) => a + b)).toBeLessThanOrEqual(4);
                expect(running.get(route.action)).toBeLessThanOrEqual(route.handler?.concurrency ?? 1);
                await turn();
                running.set(route.action, (running.get(route.action) ?? 1) - 1);
                return OUTCOME;
              },
            });
            await intake.start();
            return { ledger, intake };
          };
          for (const presses of lives) {
            const { ledger, intake } = await begin(() => scheduler.schedule(Promise.resolve(), 'runs'));
            const sent = presses.map(async ({ id, action }) => {
              await scheduler.schedule(Promise.resolve(), 'arrives');
              const one = delivery(`m-${id}`, action);
              const accepted = await intake.accept(one);
              if (accepted === 'accepted') {
                taken.push(one.press.id);
                actionOf.set(one.press.id, one.route.action);
              }
              // Only a press that was not accepted is sent again, and only then may it run later.
              expect(['accepted', 'duplicate', 'full']).toContain(accepted);
            });
            await scheduler.waitFor(Promise.all(sent));
            // Half of the lives end abruptly, as by SIGKILL: no notice, and no result of the running commands.
            if (presses.length % 2 === 0) await scheduler.waitFor(intake.stop());
            else void ledger.drain();
            await ledger.close();
          }
          const { ledger } = await begin(() => Promise.resolve());
          await finished(ledger);
          await ledger.close();
          expect([...runs].sort()).toEqual([...taken].sort());
          const ofB = (ids: readonly string[]) => ids.filter((id) => actionOf.get(id) === 'b');
          expect(ofB(runs)).toEqual(ofB(taken));
        },
      ),
      { numRuns: runs(200) },
    );
  }, 900_000);
});

describe('a message that cannot be stored', () => {
  it('is refused, not accepted, if the disk is full', async () => {
    const claims = openClaims(join(temporaryFolder(), 'state'), 10, NO_LOCK);
    const full = {
      ...claims,
      take: () => {
        throw new Error('ENOSPC');
      },
    };
    const intake = intakeOf({
      ledger: ledgerOf(full),
      run: async () => {
        throw new Error('it must not run');
      },
    });
    expect(await intake.accept(delivery('m-1', 0))).toBe('failed');
  });
});

describe('a press whose start cannot be recorded', () => {
  it('waits until it can, and runs once then', async () => {
    const claims = openClaims(join(temporaryFolder(), 'state'), 10, NO_LOCK);
    let refusals = 3;
    const runs: string[] = [];
    const ledger = ledgerOf({
      ...claims,
      begin: (id) => {
        if (refusals === 0) return claims.begin(id);
        expect(runs).toEqual([]);
        refusals -= 1;
        throw new Error('ENOSPC');
      },
    });
    const run = async ({ press }: Delivery) => {
      runs.push(press.id);
      return OUTCOME;
    };
    const intake = intakeOf({ ledger, run });
    await intake.start();
    expect(await intake.accept(delivery('m-1', 0))).toBe('accepted');
    await finished(ledger);
    expect(runs).toEqual(['m-1']);
  });
});

describe('a run with an unforeseen failure', () => {
  it('is an outcome like any other', async () => {
    const log: string[] = [];
    const ledger = ledgerOf(openClaims(join(temporaryFolder(), 'state'), 10, NO_LOCK));
    const intake = intakeOf({
      ledger,
      run: () => Promise.reject(new RangeError('too much')),
      log: ({ event, detail }) => void log.push(`${event} ${detail ?? ''}`),
    });
    await intake.start();
    expect(await intake.accept(delivery('m-1', 0))).toBe('accepted');
    await finished(ledger);
    await intake.stop();
    await ledger.close();
    expect(log).toContain('failed failed because of an internal error (too much)');
  });
});
