/** `.pre-commit-hooks.yaml`, run by pre-commit itself. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configNamesIn } from '../../src/config/find/find.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { ROOT, read } from './world.ts';

const hasPreCommit = spawnSync('pre-commit', ['--version']).status === 0;

function git(cwd: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8' }).trim();
}

interface Repository {
  write(path: string, text: string): void;
  /** Commits through pre-commit. Gives its exit code and output. */
  check(): { readonly code: number | null; readonly text: string };
}

/** A repository with the hook of an installed pdactions. @param args further arguments for the hook */
function repository(args: readonly string[] = []): Repository {
  const folder = temporaryFolder();
  const [hooks, own, bin] = ['hooks', 'own', 'bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [hooks, own, bin]) mkdirSync(each);
  copyFileSync(join(ROOT, '.pre-commit-hooks.yaml'), join(hooks, '.pre-commit-hooks.yaml'));
  for (const each of [hooks, own]) git(each, 'init', '--quiet');
  git(hooks, 'add', '--all');
  git(hooks, 'commit', '--quiet', '--message', 'hooks');
  const shim = join(bin, 'pdactions');
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/pdactions.js')}' "$@"\n`);
  chmodSync(shim, 0o755);
  const rev = git(hooks, 'rev-parse', 'HEAD');
  const hook = { id: 'pdactions-validate-installed', args };
  const write = (path: string, text: string): void => writeFileSync(join(own, path), text);
  write(
    '.pre-commit-config.yaml',
    JSON.stringify({ repos: [{ repo: `file://${hooks}`, rev, hooks: [hook] }] }),
  );
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder, PRE_COMMIT_HOME: join(folder, 'cache') };
  return {
    write,
    check() {
      git(own, 'add', '--all');
      const { status, stdout, stderr } = spawnSync('pre-commit', ['run'], {
        cwd: own,
        env,
        encoding: 'utf8',
      });
      return { code: status, text: stdout + stderr };
    },
  };
}

const CONFIG = {
  actions: {
    restart: { label: 'Restart', url: 'https://a.example.com/x', headers: { Authorization: '${NOT_SET}' } },
  },
  services: { 'Checkout API': ['restart'] },
};

describe.runIf(hasPreCommit)('.pre-commit-hooks.yaml, run by pre-commit', () => {
  it('checks a config without its variables, and refuses one with a problem', () => {
    const { write, check } = repository();
    write('pdactions.config.json', JSON.stringify(CONFIG));
    expect(check()).toMatchObject({ code: 0, text: expect.stringContaining('Passed') });
    write('pdactions.config.json', JSON.stringify({ ...CONFIG, services: { 'Checkout API': ['restrat'] } }));
    const refused = check();
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('unknown action "restrat"');
  });

  it('is skipped where no config has changed, and finds one elsewhere with `args`', () => {
    const { write, check } = repository();
    write('README.md', 'Nothing to check.');
    expect(check().text).toContain('Skipped');
    const other = repository(['--config', 'prod.pdactions.config.json']);
    other.write('prod.pdactions.config.json', '{');
    other.write('.pdactionsrc', '');
    expect(other.check()).toMatchObject({ code: 1 });
  });
});

describe('.pre-commit-hooks.yaml', () => {
  it('matches every file that pdactions reads as a config, and no other', async () => {
    const endings = ['', '.json', '.yaml', '.yml', '.toml', '.json5'];
    const names = ['pdactions.config', '.pdactionsrc', 'my-pdactions.config', 'x.pdactionsrc'].flatMap(
      (stem) => endings.map((ending) => `${stem}${ending}`),
    );
    const folder = temporaryFolder();
    for (const name of names) writeFileSync(join(folder, name), '{}');
    const taken = await configNamesIn(folder);
    expect(taken).toHaveLength(7);
    const hooks = parse(read('.pre-commit-hooks.yaml')) as { files: string }[];
    for (const { files } of hooks) {
      expect(names.filter((name) => new RegExp(files).test(`ops/${name}`)).sort()).toEqual(taken.toSorted());
    }
  });
});
