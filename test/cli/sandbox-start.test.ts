/** `sandbox start` as a process: the files and ports it opens, and those it leaves behind when killed. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';
import { start } from '../helpers/spawned.ts';
import { look } from '../sandbox/page-client.ts';

const START = ['sandbox', 'start', '--data', 'account.json'];

it('opens the page in the browser, without a token', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'bin'));
  const opener = join(cwd, 'bin', 'a-browser');
  const told = join(cwd, 'told');
  writeFileSync(
    opener,
    `#!/bin/sh\necho "$1 $PAGERDUTY_TOKEN." > '${told}.tmp'; mv '${told}.tmp' '${told}'; echo\n`,
  );
  chmodSync(opener, 0o755);
  const env = { BROWSER: opener, PAGERDUTY_TOKEN: 'a-token-of-20-letters' };
  const { seen, child, ended } = start([...START, '--open', '--json'], { cwd, env });
  const { page } = JSON.parse(await seen('}')) as { page: string };
  await expect.poll(() => existsSync(told)).toBe(true);
  expect(readFileSync(told, 'utf8')).toBe(`${page} .\n`);
  // The commands that the page shows work in any folder.
  expect(await look({ port: Number(new URL(page).port) })).toMatchObject({
    flag: `--sandbox=${join(cwd, 'account.json')}`,
  });
  child.kill('SIGINT');
  await ended;
  expect(existsSync(join(cwd, 'account.json.lock'))).toBe(false);
});

it('can be started again at once after it was killed', async () => {
  const cwd = temporaryFolder();
  const first = start(START, { cwd });
  await first.seen('CONTROL_TOKEN');
  await expect.poll(() => readFileSync(join(cwd, 'account.json.lock'), 'utf8')).toContain('"serving":{');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = start(START, { cwd });
  await second.seen('CONTROL_TOKEN');
  second.child.kill('SIGINT');
  const { stderr } = await second.ended;
  expect(stderr).toContain('Pass `--sandbox=account.json` to any command to use it');
});
