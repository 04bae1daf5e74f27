/** bin/: an old Node gets a message, the compile cache stays in a folder of the user's own, and builds are reproducible. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import * as nodeModule from 'node:module';
import { extname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'bin/pdactions.js');

/** Runs `--version` in a process whose Node reports another release. */
function runAs(version: string): ReturnType<typeof run> {
  const preload = join(temporaryFolder(), 'other-node.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process.versions, 'node', { value: '${version}' });
Object.defineProperty(process, 'version', { value: 'v${version}' });`,
  );
  return run({}, '--require', preload);
}

function run(env: Record<string, string>, ...flags: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, PROGRAM, '--version'], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

describe('an old Node', () => {
  it.each(['12.22.12', '18.20.8', '20.16.0'])('%s gets the name of the required one', (version) => {
    const { status, stdout, stderr } = runAs(version);
    expect(stderr).toContain(
      `pdactions needs Node.js 20.17 or later; this is v${version} (${process.execPath})\n`,
    );
    expect(stderr).toContain('nvm install --lts');
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  });

  it.each(['20.17.0', '22.1.0', '100.0.0'])('%s is not old', (version) => {
    expect(runAs(version)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('the compile cache', () => {
  const kept = (folder: string): boolean => existsSync(folder) && readdirSync(folder).length > 0;
  const nodeHasOne = 'enableCompileCache' in nodeModule;

  it('is in the cache folder of the user, readable by the owner only', () => {
    const home = temporaryFolder();
    expect(run({ HOME: home }).status).toBe(0);
    const [folder] = [join(home, '.cache/pdactions'), join(home, 'Library/Caches/pdactions')].filter(
      existsSync,
    );
    expect(kept(folder ?? home)).toBe(nodeHasOne);
    if (folder) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('follows XDG_CACHE_HOME if it is an absolute path', () => {
    const caches = temporaryFolder();
    expect(run({ HOME: temporaryFolder(), XDG_CACHE_HOME: caches }).status).toBe(0);
    expect(kept(join(caches, 'pdactions'))).toBe(nodeHasOne);
  });

  it.each([0o777, 0o755, 0o770])('is not in a folder of mode %o', (mode) => {
    const caches = temporaryFolder();
    mkdirSync(join(caches, 'pdactions'));
    chmodSync(join(caches, 'pdactions'), mode);
    expect(run({ XDG_CACHE_HOME: caches }).status).toBe(0);
    expect(kept(join(caches, 'pdactions'))).toBe(false);
  });

  it('is not behind a planted link', () => {
    const [caches, elsewhere] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(elsewhere, join(caches, 'pdactions'));
    expect(run({ XDG_CACHE_HOME: caches }).status).toBe(0);
    expect(kept(elsewhere)).toBe(false);
  });

  it('is off without a home directory', () => {
    expect(run({})).toMatchObject({ status: 0, stderr: '' });
    expect(run({ HOME: '/proc/nowhere' })).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('the bundle', () => {
  const built = (folder: string): Map<string, string> =>
    new Map(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort()
        .filter((file) => statSync(join(folder, file)).isFile())
        .map((file) => [file, readFileSync(join(folder, file), 'base64')]),
    );

  it('T63: is the same, byte for byte, wherever it is built, and contains only text', () => {
    const elsewhere = temporaryFolder();
    for (const part of ['src', 'scripts', 'bin', 'types', 'package.json', 'package-lock.json', 'LICENSE'])
      cpSync(join(ROOT, part), join(elsewhere, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(elsewhere, 'node_modules'));
    const build = spawnSync(process.execPath, [join(elsewhere, 'scripts/build.mjs')], {
      env: {},
      encoding: 'utf8',
    });
    expect(build.stderr).toBe('');
    const [here, there] = [built(join(ROOT, 'dist')), built(join(elsewhere, 'dist'))];
    expect([...there.keys()]).toEqual([...here.keys()]);
    for (const [file, bytes] of there) expect(bytes === here.get(file), file).toBe(true);
    const kinds = [...here.keys()].map((file) => extname(file));
    expect([...new Set(kinds)].sort()).toEqual(['', '.css', '.html', '.js', '.json', '.svg', '.ts']);
  });
});
