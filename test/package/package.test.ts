/** The package as a user installs it (T51, P20). */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MOST_BYTES = 3_000_000;

interface Packed {
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
}

interface LockEntry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

const manifest = readJson('package.json') as Readonly<Record<string, unknown>>;
const lockfile = readJson('package-lock.json') as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockEntry>>;
};

describe('the packed package', () => {
  let packed: Packed;
  beforeAll(() => {
    const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    });
    // A list of one, or, in newer versions of npm, an object with one member.
    const [only] = Object.values(JSON.parse(text) as Record<string, Packed>);
    packed = only!;
  });

  it('contains the program, its licences, the schema, the example, the files of `init --ci`, and nothing else', () => {
    // npm adds README.md by itself. The build decides how many pieces the bundle has.
    const paths = packed.files.map(({ path }) => path.replace(/^(dist\/chunks)\/[\w.-]+\.js$/, '$1/*.js'));
    expect([...new Set(paths)].filter((path) => path !== 'README.md').sort()).toEqual([
      'LICENSE',
      'bin/compile-cache.js',
      'bin/package.json',
      'bin/pdactions.js',
      'dist/THIRD-PARTY-LICENSES',
      'dist/browser/icon.svg',
      'dist/browser/index.html',
      'dist/browser/main.js',
      'dist/browser/page.css',
      'dist/chunks/*.js',
      'dist/lib.d.ts',
      'dist/lib.js',
      'dist/main.js',
      'dist/package.json',
      'dist/sbom.cdx.json',
      'dist/slots-page/page.css',
      'dist/slots-page/page.js',
      'docs/ci/circleci.yml',
      'docs/ci/github-apply.yml',
      'docs/ci/github-drift.yml',
      'docs/ci/github-plan.yml',
      'docs/ci/gitlab-ci.yml',
      'docs/ci/pdactions.sh',
      'package.json',
      'pdactions.config.example.json',
      'schema.json',
    ]);
  });

  it(`is at most ${MOST_BYTES / 1e6} MB when installed`, () => {
    expect(packed.unpackedSize).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('depends on nothing, and runs no script when installed', () => {
    const { dependencies, optionalDependencies, bundleDependencies } = manifest;
    expect({ dependencies, optionalDependencies, bundleDependencies }).toEqual({});
    // npm does not install optional peers, which only `listen --queue` needs.
    const optional = { bullmq: { optional: true }, ioredis: { optional: true } };
    expect(Object.keys(manifest.peerDependencies as object)).toEqual(Object.keys(optional));
    expect(manifest.peerDependenciesMeta).toEqual(optional);
    expect(manifest.bundledDependencies).toBeUndefined();
    const scripts = Object.keys(manifest.scripts as object);
    expect(scripts.filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });

  it('has the version that the program prints', () => {
    expect(manifest.version).toBe(VERSION);
  });

  it('contains the licence of every bundled package', () => {
    const licences = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of ['@pagerduty/pdjs', 'chalk', 'commander', 'cosmiconfig', 'inquirer', 'yaml', 'zod']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    // Packages that only the build needs are not bundled.
    expect(licences).not.toMatch(/^(typescript|esbuild|rolldown|vitest|cross-fetch|node-fetch) /m);
  });

  it('contains no path of the machine that built it', () => {
    const chunks = readdirSync(join(ROOT, 'dist/chunks')).map((name) => `dist/chunks/${name}`);
    for (const file of ['dist/main.js', ...chunks]) {
      expect(readFileSync(join(ROOT, file), 'utf8'), file).not.toContain(ROOT);
    }
  });
});

describe('the lockfile', () => {
  const entries = Object.entries(lockfile.packages).filter(([path, { link }]) => path !== '' && !link);

  it('has a hash for every installed package', () => {
    expect(lockfile.lockfileVersion).toBe(3);
    expect(entries.length).toBeGreaterThan(100);
    const without = entries.filter(([, { integrity }]) => !/^sha512-[\w+/]+=*$/.test(integrity ?? ''));
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('contains no fixed download URL', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});

describe('the built program', () => {
  it.each([
    ['--version'],
    ['list', '--json', '--quiet', '--sandbox'],
    ['list', '--format', 'yaml', '--quiet', '--sandbox'],
    ['plan', '--quiet', '--sandbox', '--config', join(ROOT, 'pdactions.config.example.json')],
  ])('reveals none of its internals: %s %s', (...args) => {
    // Node warns when it loads a module that bundled packages use (`punycode`, DEP0040).
    const { status, stderr } = runBuilt(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

function runBuilt(...args: readonly string[]) {
  const folder = temporaryFolder();
  return spawnSync(process.execPath, [join(ROOT, 'bin/pdactions.js'), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    encoding: 'utf8',
  });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}
