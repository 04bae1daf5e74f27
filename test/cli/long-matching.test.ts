/** Thousands of globs over thousands of services: signals and the time limit still work (T56). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';

const SERVICES = 250;
const GLOBS = 500;

async function account(): Promise<{ readonly sandbox: Sandbox; readonly cwd: string }> {
  const cwd = temporaryFolder();
  const names = Array.from({ length: GLOBS }, (_, index) => `*${'a'.repeat(40)}${index}!`);
  const config = {
    actions: { restart: { label: 'Restart', url: 'https://automation.example.com/restart' } },
    services: Object.fromEntries(names.map((name) => [name, ['restart']])),
  };
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    id: `PS${index}`,
    name: `${'a'.repeat(80)}${index}`,
  }));
  return { sandbox: await testSandbox({ seed: { account: 'acme', services } }), cwd };
}

/** True once all services are read. */
function isRead(sandbox: Sandbox): boolean {
  const pages = sandbox.log().requests.filter(({ path, status }) => path === '/services' && status === 200);
  return pages.length >= Math.ceil(SERVICES / 100);
}

describe('T56: matching that takes long', () => {
  it('is ended by a signal', async () => {
    const { sandbox, cwd } = await account();
    const interrupt = new AbortController();
    const watch = async (): Promise<void> => {
      while (!isRead(sandbox)) await new Promise(setImmediate);
      // Lets the last page arrive and be checked.
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      interrupt.abort(new (await import('../../src/errors.ts')).CancelledError('interrupted'));
    };
    const [{ code, stderr }] = await Promise.all([
      runCli(['plan'], { cwd, env: pointedAt(sandbox), interrupted: interrupt.signal }),
      watch(),
    ]);
    expect(code, stderr).toBe(130);
    expect(stderr).not.toContain('matches');
  });

  it('is ended by the time limit', async () => {
    const { sandbox, cwd } = await account();
    let turns = 0;
    const clock: Clock = {
      ...systemClock,
      // Time passes with the turns that the matching yields.
      now: () => (isRead(sandbox) ? systemClock.now() + (turns++ > 100 ? 86_400_000 : 0) : systemClock.now()),
    };
    const { code, stderr } = await runCli(['plan'], { cwd, env: pointedAt(sandbox), clock });
    expect(code, stderr).toBe(7);
    expect(stderr).toContain('the run reached its time limit');
  });
});
