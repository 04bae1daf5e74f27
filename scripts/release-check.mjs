/**
 * Fails early, with an explanation, if a release lacks data that only its maintainer can provide (RELEASING.md):
 *
 *     node scripts/release-check.mjs TAG
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [tag = ''] = process.argv.slice(2);
const { name, version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const changes = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
const here = process.env.GITHUB_REPOSITORY;
const npm = onNpm(name);

const problems = [
  [
    tag === `v${version}`,
    `the tag is \`${tag}\`, and package.json says ${version}: tag v${version}, or change the version`,
  ],
  [
    repository?.url !== undefined,
    'package.json has no `repository.url`: npm refuses a provenance statement without it. Add the address of your repository',
  ],
  [
    here === undefined || repository?.url?.includes(here) === true,
    `package.json names another repository than this one (${here}): provenance must name the place where it was built`,
  ],
  [npm.answered, `npm could not say whose name \`${name}\` is (${npm.problem}): run the workflow again`],
  [
    !npm.answered || npm.exists,
    `npm has no package \`${name}\`: publish its first version by hand, and add this workflow as its trusted publisher`,
  ],
  [
    !npm.exists || here === undefined || npm.repository.includes(here),
    `\`${name}\` on npm is the package of another repository (${npm.repository || 'none is given'}): set \`name\` to one that you own`,
  ],
  [
    changes.split('\n').some((line) => line.startsWith(`## ${version}`) && !line.includes('not released')),
    `CHANGELOG.md has no section "## ${version}" of a release: write its date where it says "not released yet"`,
  ],
].flatMap(([holds, problem]) => (holds ? [] : [problem]));

for (const problem of problems) console.error(`not ready to release ${name}: ${problem}.`);
if (problems.length > 0) {
  console.error('RELEASING.md lists what a maintainer must own first.');
  process.exitCode = 1;
}

/** The package of that name on npm, and the address of its repository. */
function onNpm(packageName) {
  const { status, stdout, stderr, error } = spawnSync('npm', ['view', packageName, 'repository.url'], {
    encoding: 'utf8',
  });
  if (status === 0) return { answered: true, exists: true, repository: stdout.trim() };
  if (/\bE404\b/.test(stderr)) return { answered: true, exists: false };
  const [problem = ''] = (error?.message ?? stderr).split('\n');
  return { answered: false, exists: false, problem };
}
