import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { send } from '../receiver/world.ts';
import { copyOf, listen, pressAlone, recipe, SECRET } from './world.ts';

const SCRIPT = 'revert.sh';

const hasGit = spawnSync('git', ['--version'], { stdio: 'ignore' }).error === undefined;
if (!hasGit) process.stderr.write('left out, for want of git: the recipe revert-last-commit\n');

interface Place {
  readonly folder: string;
  /** Runs git on the remote. */
  remote(...args: string[]): string;
  /** The subjects on the branch of the remote, the newest first. */
  subjects(): readonly string[];
  /** Commits and pushes as another developer. `merge` makes it a merge of that change. */
  push(subject: string, files: Readonly<Record<string, string>>, merge?: boolean): void;
  /** Everything that a refused press must leave unchanged. */
  everything(): readonly string[];
}

const template = mkdtempSync(join(tmpdir(), 'pdactions-test-'));
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** Without the sample hooks, which are most of the files. */
const ENV = { PATH: process.env.PATH, HOME: template, GIT_TEMPLATE_DIR: '' };

function gitIn(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Sam', '-c', 'user.email=sam@shop.example'];
  return execFileSync('git', ['-C', folder, ...who, ...args], {
    encoding: 'utf8',
    // Earlier than every message of the tests.
    env: { ...ENV, GIT_COMMITTER_DATE: '2024-01-01T12:00:00Z' },
  }).trimEnd();
}

/** The demo beside a clone of another developer; made once, because git is slow. */
function prepare(): void {
  if (existsSync(join(template, 'made'))) return;
  const made = join(template, 'made');
  execFileSync(join(copyOf('revert-last-commit'), 'demo/setup.sh'), [made], { env: ENV });
  const remote = (...args: string[]): string => gitIn(join(made, 'remote.git'), ...args);
  const first = remote('commit-tree', 'main~1^{tree}', '-m', 'The shop');
  const bad = remote('commit-tree', 'main^{tree}', '-p', first, '-m', 'Time out sooner');
  remote('update-ref', 'refs/heads/main', bad);
  gitIn(template, 'clone', '--quiet', join(made, 'remote.git'), join(made, 'sam'));
}

/** A remote with the commits of the demo, and the clone of the receiver. */
function place(): Place {
  prepare();
  const folder = copyOf('revert-last-commit');
  const demo = join(folder, 'demo/made');
  cpSync(join(template, 'made'), demo, { recursive: true });
  for (const name of ['clone', 'sam']) {
    const config = join(demo, name, '.git/config');
    writeFileSync(config, readFileSync(config, 'utf8').replace(join(template, 'made'), demo));
  }
  const services = ['PIJ90N7', 'PCHKOUT'].map(
    (id) => `[service "${id}"]\nclone = ${demo}/clone\nbranch = main\n`,
  );
  writeFileSync(join(folder, 'services.gitconfig'), services.join(''));
  const bare = join(demo, 'remote.git');
  const remote = (...args: string[]): string => gitIn(bare, ...args);
  const clone = (...args: string[]): string => gitIn(join(demo, 'clone'), ...args);
  const sam = join(demo, 'sam');
  return {
    folder,
    remote,
    subjects: () => remote('log', '--first-parent', '--format=%s', 'main').split('\n'),
    push(subject, files, merge = false) {
      gitIn(sam, 'pull', '--quiet', '--ff-only');
      if (merge) gitIn(sam, 'checkout', '--quiet', '-b', 'topic');
      for (const [name, content] of Object.entries(files)) writeFileSync(join(sam, name), content);
      gitIn(sam, 'add', '--all');
      gitIn(sam, 'commit', '--quiet', '--allow-empty', '-m', merge ? `${subject} (topic)` : subject);
      if (merge) {
        gitIn(sam, 'checkout', '--quiet', 'main');
        gitIn(sam, 'merge', '--quiet', '--no-ff', '-m', subject, 'topic');
      }
      gitIn(sam, 'push', '--quiet', 'origin', 'main');
    },
    everything: () => [
      remote('for-each-ref'),
      clone('for-each-ref', 'refs/heads'),
      clone('status', '--porcelain'),
      clone('worktree', 'list'),
    ],
  };
}

describe.runIf(hasGit)('revert-last-commit', () => {
  it('reverts and pushes, once, and the note names the commit', async () => {
    const { folder, remote, push, subjects } = place();
    const { press, notes, listening, again } = await recipe(folder, 'Revert Last Commit', {
      incident: 'PINC002',
      switches: { duplicates: 'yes' },
    });
    expect(remote('show', 'main:settings')).toBe('timeout = 0');
    expect(await press()).toMatch(
      /succeeded .*\n\nReverted [0-9a-f]{7} "Time out sooner" by Sam, .*\.\nPushed to main as [0-9a-f]{7}; deploying it is up to your pipeline\.$/s,
    );
    const reverted = ['Revert "Time out sooner"', 'Time out sooner', 'The shop'];
    expect(subjects()).toEqual(reverted);
    expect(remote('show', 'main:settings')).toBe('timeout = 30');
    expect(remote('log', '-1', '--format=%B', 'main')).toMatch(
      /\n\nThis reverts commit [0-9a-f]{40}\.\n\nPressed by Sam .* on incident 2 https:.*\n\nPdactions-Press: [0-9a-f-]{36}$/,
    );

    await listening.seen('"duplicate"');
    const { code, text } = await again(SCRIPT);
    expect(text).toMatch(
      /^This press was handled before, by [0-9a-f]{7} "Revert "Time out sooner"" by pdactions/,
    );
    expect(code).toBe(0);
    expect(subjects()).toEqual(reverted);
    expect(await notes()).toHaveLength(1);

    // Another responder presses too, because the commit below was good.
    expect(await press(2)).toContain('Refused: the newest commit is already a revert');
    expect(subjects()).toEqual(reverted);

    // The first press again, on a receiver that has lost its memory, after another push.
    push('Something new', { other: 'x' });
    listening.child.kill('SIGTERM');
    await listening.ended;
    const id = remote('log', '-1', '--format=%(trailers:key=Pdactions-Press,valueonly)', 'main~1');
    const { url, seen } = await listen(folder, {}, '--no-notes', '--state', 'another.jsonl');
    const headers = { authorization: `Bearer ${SECRET}` };
    expect((await send(url, { path: '/revert-last-commit', headers, id })).status).toBe(202);
    expect(await seen('"succeeded"')).toContain('This press was handled before, by');
    expect(subjects()).toEqual(['Something new', ...reverted]);
  });

  it('reverts a merge as a whole', async () => {
    const { folder, remote, push } = place();
    push('Merge topic', { settings: 'timeout = 1', more: 'y' }, true);
    const { code, text } = await pressAlone(folder, SCRIPT, {});
    expect(text).toContain('"Merge topic" by Sam');
    expect(code).toBe(0);
    expect(remote('show', 'main:settings')).toBe('timeout = 0');
    expect(remote('ls-tree', '--name-only', 'main')).toBe('settings');
  });

  it('in a repository of several services selects the newest commit of that service', async () => {
    const { folder, remote, push } = place();
    writeFileSync(join(folder, 'services.gitconfig'), '\tpath = settings\n', { flag: 'a' });
    push('Elsewhere', { other: 'x' });
    const { code, text } = await pressAlone(folder, SCRIPT, {});
    expect(text).toContain('"Time out sooner"');
    expect(code).toBe(0);
    expect(remote('show', 'main:settings')).toBe('timeout = 30');
    expect(remote('show', 'main:other')).toBe('x');
  });

  it.each([
    [
      'a revert made by hand',
      ({ push }: Place) => push('Revert "x"\n\nThis reverts commit 0815.', { settings: 'timeout = 30' }),
      'Refused: the newest commit is already a revert',
    ],
    ['a commit without a change', ({ push }: Place) => push('Empty', {}), 'changes nothing'],
    [
      'a commit that conflicts with a later one',
      ({ folder, push }: Place) => {
        writeFileSync(join(folder, 'services.gitconfig'), '\tpath = checkout\n', { flag: 'a' });
        push('Both', { checkout: '1', shared: '1' });
        push('Shared', { shared: '2' });
      },
      /Refused: reverting .*"Both" .* conflicts with later commits in:\nshared\n/,
    ],
    [
      'a service that is not in the list',
      ({ folder }: Place) => writeFileSync(join(folder, 'services.gitconfig'), ''),
      'Refused: the service PCHKOUT (Checkout API) is not in',
    ],
    [
      'a service that has the name of a listed one',
      ({ folder }: Place) => {
        const file = join(folder, 'services.gitconfig');
        writeFileSync(file, readFileSync(file, 'utf8').replace('PCHKOUT', 'Checkout API'));
      },
      'Refused: the service PCHKOUT (Checkout API) is not in',
    ],
    [
      'the first commit',
      ({ remote }: Place) => remote('update-ref', 'refs/heads/main', remote('rev-parse', 'main~1')),
      'the first commit cannot be reverted',
    ],
    [
      'a commit that is younger than the press',
      ({ remote }: Place) => {
        const tree = remote('rev-parse', 'main~1^{tree}');
        const env = { PATH: process.env.PATH, GIT_COMMITTER_DATE: '2026-11-24T04:00:01Z' };
        const commit = execFileSync(
          'git',
          [
            '-c',
            'user.name=S',
            '-c',
            'user.email=s@x.example',
            'commit-tree',
            tree,
            '-p',
            'main',
            '-m',
            'The fix',
          ],
          { cwd: remote('rev-parse', '--absolute-git-dir'), env, encoding: 'utf8' },
        ).trim();
        remote('update-ref', 'refs/heads/main', commit);
      },
      'Refused: the newest commit is newer than the press',
    ],
  ])('refuses %s, and leaves everything unchanged', async (_, prepare, what) => {
    const made = place();
    prepare(made);
    const before = made.everything();
    const { code, text } = await pressAlone(made.folder, SCRIPT, {});
    expect(text).toMatch(what);
    expect(text).toMatch(/^Nothing was changed\.\n$/m);
    expect(code).toBe(3);
    expect(made.everything()).toEqual(before);
  });

  it('does not overwrite a concurrent push', async () => {
    const { folder, remote, subjects, everything } = place();
    // On the remote, between the script's read of the branch and its push.
    const late = remote('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'A fix');
    const hook = `#!/bin/sh\nexec git update-ref refs/heads/main ${late}\n`;
    const hooks = join(folder, 'demo/made/remote.git/hooks');
    mkdirSync(hooks, { recursive: true });
    writeFileSync(join(hooks, 'update'), hook, { mode: 0o755 });
    const [, ...ours] = everything();
    const { code, text } = await pressAlone(folder, SCRIPT, {});
    expect(text).toContain('The revert was not pushed, and the remote is unchanged. If main has new commits');
    expect(code).toBe(1);
    expect(subjects()).toEqual(['A fix', 'Time out sooner', 'The shop']);
    expect(everything().slice(1)).toEqual(ours);
  });

  it.each([
    ['looks whether the push has arrived', '', 0, 'This press was handled before, by'],
    [
      'does not claim to know when it cannot look',
      'touch lost',
      1,
      'it is unknown whether the revert was pushed',
    ],
  ])('%s, when its answer is lost', async (_, then, exit, what) => {
    const { folder, subjects } = place();
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const losing = [
      '#!/bin/sh',
      '[ -e lost ] && exit 128',
      `case " $* " in *" push "*) ${git} "$@"; ${then || ':'}; exit 1 ;; esac`,
      `exec ${git} "$@"`,
    ];
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/git'), `${losing.join('\n')}\n`, { mode: 0o755 });
    const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
    const { code, text } = await pressAlone(folder, SCRIPT, {}, { PATH });
    expect(text).toContain(what);
    expect(code).toBe(exit);
    expect(subjects()[0]).toBe('Revert "Time out sooner"');
  });
});
