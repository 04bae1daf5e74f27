/** scripts/release-check.mjs: a release that lacks the maintainer's data stops before the build. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

/** The answers of `npm view`, as shell scripts. */
const OURS = 'echo git+https://github.com/acme/pdactions.git';
const OTHERS = 'echo git+https://github.com/other/pdactions.git';
const NONE = 'echo "npm error code E404" >&2; exit 1';
const DOWN = 'echo "npm error code ENOTFOUND" >&2; exit 1';

function check(
  tag: string,
  change: (manifest: Record<string, unknown>) => void,
  changes: string,
  npm: string = OURS,
) {
  const folder = temporaryFolder();
  cpSync(join(ROOT, 'scripts/release-check.mjs'), join(folder, 'scripts/release-check.mjs'), {
    recursive: true,
  });
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'CHANGELOG.md'), changes);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/release-check.mjs'), tag], {
    env: { GITHUB_REPOSITORY: 'acme/pdactions', PATH: join(folder, 'bin') },
    encoding: 'utf8',
  });
  return { status, stderr };
}

const owned = (manifest: Record<string, unknown>): void => {
  manifest.repository = { type: 'git', url: 'git+https://github.com/acme/pdactions.git' };
};
const RELEASED = `# Changes\n\n## ${version}, 1 March\n`;

it('lets a complete release through', () => {
  expect(check(`v${version}`, owned, RELEASED)).toEqual({ status: 0, stderr: '' });
});

it.each([
  ['a tag of another version', 'v9.9.9', owned, RELEASED, 'package.json says'],
  [
    'no repository',
    `v${version}`,
    (manifest: Record<string, unknown>) => delete manifest.repository,
    RELEASED,
    'no `repository.url`',
  ],
  [
    'another repository',
    `v${version}`,
    (manifest: Record<string, unknown>) => {
      manifest.repository = { url: 'https://github.com/other/fork' };
    },
    RELEASED,
    'another repository than this one (acme/pdactions)',
  ],
  [
    'a version that is not released',
    `v${version}`,
    owned,
    `# Changes\n\n## ${version}, not released yet\n`,
    'CHANGELOG.md',
  ],
] as const)('stops one with %s', (_, tag, change, changes, words) => {
  const { status, stderr } = check(tag, change, changes);
  expect(status).toBe(1);
  expect(stderr).toContain(words);
  expect(stderr).toContain('RELEASING.md');
});

it.each([
  ['was never published', NONE, 'publish its first version by hand'],
  [
    'belongs to another repository',
    OTHERS,
    'another repository (git+https://github.com/other/pdactions.git)',
  ],
  ['cannot be looked up', DOWN, 'could not say whose name `pdactions` is (npm error code ENOTFOUND)'],
])('stops one whose name %s', (_, npm, words) => {
  const { status, stderr } = check(`v${version}`, owned, RELEASED, npm);
  expect(status).toBe(1);
  expect(stderr).toContain(words);
  expect(stderr.match(/not ready to release/g)).toHaveLength(1);
});
