/** A process that computes without a pause still ends on a signal (T56). */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { start } from '../helpers/spawned.ts';

const SERVICES = 1_000;
/** Enough for minutes of matching, far longer than the test waits. */
const GLOBS = 4_000;
/** CPU time after the last answer, in hundredths of a second. Only the matching takes as much. */
const BUSY = 50;

/** CPU time of the process, in hundredths of a second. */
function computed(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

it.skipIf(!existsSync('/proc/self/stat')).each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a plan that matches thousands of slow globs', async (signal, code) => {
  const cwd = temporaryFolder();
  // Every name contains all parts of each glob, but never in the right order.
  const bits = (index: number): string[] => [...index.toString(2).padStart(60, '0')];
  const glob = (index: number): string =>
    `*${bits(index)
      .map((bit) => (bit === '1' ? 'a?' : '?a'))
      .join('')}b`;
  const config = {
    actions: { restart: { label: 'Restart', url: 'https://automation.example.com/restart' } },
    services: Object.fromEntries(Array.from({ length: GLOBS }, (_, index) => [glob(index), ['restart']])),
  };
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    id: `PS${index}`,
    name: `b${'a'.repeat(240)}${index}`,
  }));
  const sandbox = await testSandbox({ seed: { account: 'acme', services } });
  const { child, ended } = start(['plan'], { cwd, env: pointedAt(sandbox) });
  const pages = (): number =>
    sandbox.log().requests.filter(({ path, status }) => path === '/services' && status === 200).length;
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
  while (pages() < SERVICES / 100) await turn();
  const pid = child.pid ?? 0;
  const before = computed(pid);
  while (computed(pid) - before < BUSY) await turn();
  child.kill(signal);
  const result = await ended;
  expect(result.code, result.stderr).toBe(code);
  expect(result.stdout).toBe('');
  expect(result.stderr).toContain('stopping');
});
