/** What V8 kept of compiling the bundle (bin/pdactions.js) makes the program start sooner, and must make no other difference. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const KEPT = /\.v8-[\w.-]+$/;

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  for (const part of ['bin', 'dist']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
});

describe('the program', () => {
  it('starts from what was kept of what it loads first', () => {
    const mine = `.v8-${process.versions.v8}`;
    // Another Node than the one at hand may have built it.
    const built = kept().map((file) => KEPT.exec(file)?.[0]);
    expect(built.length).toBeGreaterThan(1);
    const accepted = isAccepted('dist/main.js');
    expect(accepted).toBe(built.includes(mine));
  });

  it.each([
    ['is not there', (file: string) => rmSync(file)],
    ['is empty', (file: string) => writeFileSync(file, '')],
    ['is not what V8 wrote', (file: string) => writeFileSync(file, 'x'.repeat(5_000))],
  ])('does the same when it %s', (_, damage) => {
    const before = listing();
    for (const file of kept()) damage(join(folder, 'dist', file));
    expect(listing()).toEqual(before);
  });
});

function kept(): string[] {
  return readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    KEPT.test(file),
  );
}

/** Whether V8 takes the cache of a file of the bundle, and does not compile it. */
function isAccepted(file: string): boolean {
  const script = `const { load, modules } = require('./bin/pdactions.js');
load(${JSON.stringify(file)});
process.stdout.write(String(modules.get(${JSON.stringify(file)}).script.cachedDataRejected === false));`;
  return (
    execFileSync(process.execPath, ['-e', script], { cwd: folder, env: {}, encoding: 'utf8' }) === 'true'
  );
}

function listing(): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const args = [join(folder, 'bin/pdactions.js'), 'list', '--json', '--quiet', '--sandbox=account.json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { HOME: folder },
    encoding: 'utf8',
  });
  expect(stdout).toContain('"command": "list"');
  return { status, stdout, stderr };
}
