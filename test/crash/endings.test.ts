/** P5: the built program ends on a signal without waiting for slow calls (docs/faults.md, F34). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { commitsOf, documentOf } from '../faults/oracle.ts';
import { SMALL } from '../faults/worlds.ts';
import { CODES, createYard, type Signal, strike, writesOf } from './yard.ts';

const yard = await createYard();
afterAll(() => yard.close());
beforeEach(() => yard.reset(SMALL));

const FIRST_WRITE = { method: 'POST', path: '/extensions', nth: 1 };
const BY_FORCE = 'forced to exit';

/** A file that is loaded into the process before the program. */
function preload(code: string): string[] {
  const path = join(yard.folder, 'preload.mjs');
  writeFileSync(path, code);
  return ['--import', path];
}

async function expectRepaired(): Promise<void> {
  yard.break([]);
  expect((await yard.run(SMALL.argv)).code).toBe(0);
  const third = await yard.run(SMALL.argv);
  expect(third.code).toBe(0);
  expect(writesOf(third)).toEqual([]);
}

describe('P5: the second signal', () => {
  /** A write is carried out and never answered. */
  const stuck = (signal: Signal): InjectedFault[] => [
    { action: 'signal', signal, match: FIRST_WRITE, phase: 'after-commit' },
    { action: 'hang', match: FIRST_WRITE, phase: 'after-commit' },
  ];

  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGHUP', 'SIGHUP'],
  ] as const)('F34: %s, then %s while a write hangs, ends it at once', async (first, second) => {
    yard.break(stuck(first));
    yard.onSignal = async (victim) => {
      await strike(victim, first);
      victim.child.kill(second);
      await victim.gone;
    };
    const run = await yard.run(SMALL.argv);
    expect(run.code).toBe(CODES[second]);
    // It would write a report if it waited for the grace period of 5 s.
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain(
      'stopped immediately; the result of the write in progress is unknown. Run the command again',
    );
    expect(commitsOf(run)).toHaveLength(1);
    await expectRepaired();
  });

  it('F34: while a read hangs, the first one is enough', async () => {
    const match = { method: 'GET', path: '/services' };
    yard.break([
      { action: 'signal', signal: 'SIGINT', match },
      { action: 'hang', match },
    ]);
    const run = await yard.run(SMALL.argv);
    expect(run.code).toBe(130);
    expect(run.stderr).toContain('interrupted');
    expect(run.stderr).not.toContain(BY_FORCE);
    expect(writesOf(run)).toEqual([]);
  });

  const isNightly = Number(process.env.PDACTIONS_RUNS ?? 1) > 1 || process.env.PDACTIONS_ALL === '1';
  it.runIf(isNightly)(
    'F34: without one, the write is awaited, called unknown, and nothing lingers',
    async () => {
      yard.break(stuck('SIGINT'));
      const run = await yard.run(SMALL.argv);
      expect(run.code).toBe(130);
      expect(run.stderr).not.toContain(BY_FORCE);
      const open = documentOf(run)?.report?.outcomes.filter(({ status }) => status === 'unknown');
      expect(open).toMatchObject([{ kind: 'create', error: { reason: 'interrupted' } }]);
      await expectRepaired();
    },
  );
});

describe('P5: a signal between plan and apply', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'F34: %s after the last read and before the first write: nothing is written',
    async (signal) => {
      const reads = (await yard.run(['plan', '--enable', '--json'])).log.requests.length;
      // Sent from inside, in the turn that completes the last answer: from outside, the signal would come only roughly then.
      const node = preload(`
        import http from 'node:http';
        let reads = 0;
        const { request } = http;
        http.request = (...args) => {
          const sent = request(...args);
          reads += 1;
          if (reads === ${reads}) {
            sent.prependListener('response', (answer) => {
              answer.prependListener('end', () => process.emit('${signal}', '${signal}'));
            });
          }
          return sent;
        };
      `);
      const run = await yard.run(SMALL.argv, { node });
      expect(run.stderr).toContain('stopping; press Ctrl-C again');
      expect(run.code).toBe(CODES[signal]);
      expect(run.log.requests).toHaveLength(reads);
      expect(writesOf(run)).toEqual([]);
      await expectRepaired();
    },
  );

  it('F34: SIGHUP, as from a closed terminal, is an end like the others', async () => {
    yard.break([{ action: 'signal', signal: 'SIGHUP', match: FIRST_WRITE, phase: 'after-commit' }]);
    const run = await yard.run(SMALL.argv);
    expect(run.code).toBe(129);
    expect(commitsOf(run)).toHaveLength(1);
    const { outcomes = [], stopped } = documentOf(run)?.report ?? {};
    expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(1);
    expect(stopped).toMatch(/interrupted/);
    await expectRepaired();
  });
});

describe('P5: an end that comes too early', () => {
  it('is a bug and not a success: the event loop is empty, but the command is not done', async () => {
    const node = preload(`
      import { EventEmitter } from 'node:events';
      import http from 'node:http';
      http.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {} });
    `);
    const run = await yard.run(SMALL.argv, { node });
    expect(run.stderr).toContain('this is a bug in pdactions');
    expect([run.code, run.stdout]).toEqual([1, '']);
  });
});

describe('P5: the watchdog', () => {
  it('ends a process that something keeps alive, with the code of the run', async () => {
    const node = preload('setInterval(() => undefined, 1 << 30);');
    const run = await yard.run(['plan', '--enable', '--exit-code'], { node });
    expect(run.stderr).toMatch(new RegExp(`pdactions: ${BY_FORCE}; .*Timeout`));
    expect(run.code).toBe(2);
  });

  it.each([[['list']], [['plan', '--enable']], [['validate']], [SMALL.argv], [['list', '--nonsense']]])(
    'is never needed: %j',
    async (argv) => {
      const run = await yard.run(argv);
      expect(run.stderr).not.toContain(BY_FORCE);
      expect(run.code).not.toBe(1);
    },
  );
});
