/** scripts/release-check.mjs: a release that lacks the maintainer's data stops before the build. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

function check(tag: string, change: (manifest: Record<string, unknown>) => void, changes: string) {
  const folder = temporaryFolder();
  cpSync(join(ROOT, 'scripts/release-check.mjs'), join(folder, 'scripts/release-check.mjs'), {
    recursive: true,
  });
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'CHANGELOG.md'), changes);
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/release-check.mjs'), tag], {
    env: { GITHUB_REPOSITORY: 'acme/pdactions' },
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
