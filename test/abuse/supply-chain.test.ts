/** The dependencies, and calls that the source must not contain (T51, P20). The packed package has tests of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> };
const dependencies = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('T51 P20: the lockfile', () => {
  it('pins every package by a strong hash, whatever registry it comes from', () => {
    expect(dependencies.length).toBeGreaterThan(50);
    const weak = dependencies.filter(([, entry]) => !entry.link && !/^sha512-/.test(entry.integrity ?? ''));
    expect(weak.map(([path]) => path)).toEqual([]);
  });

  it('contains no URL, which would decide where a package comes from', () => {
    expect(dependencies.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual(
      [],
    );
  });

  it('runs install scripts only of packages that look for their own binary', () => {
    const scripts = dependencies.filter(([, entry]) => entry.hasInstallScript).map(([path]) => path);
    expect(
      scripts.filter((path) => !/^node_modules\/(esbuild|fsevents|msgpackr-extract)$/.test(path)),
    ).toEqual([]);
  });

  it('has exact versions in package.json, and no dependencies for users to install', () => {
    const manifest = JSON.parse(read('package.json'));
    expect(manifest.dependencies ?? {}).toEqual({});
    const versions = Object.values<string>(manifest.devDependencies);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });
});

/** The source without comments and texts: only code can call something. */
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .map((file) => [file, read(join('src', file)).replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*/g, '')] as const);

const filesWith = (pattern: RegExp): string[] =>
  SOURCES.filter(([, code]) => pattern.test(code)).map(([file]) => file);

describe('P20: the source', () => {
  it('never turns text into code', () => {
    expect(filesWith(/\beval\(|\bnew Function\(|node:vm\b|import\(\s*[^'\s]/)).toEqual([]);
  });

  it('starts other programs in these places only, and never through a shell (T42)', () => {
    const starters = [
      'cli/commands/init/branch.ts',
      'cli/commands/list/pager.ts',
      'cli/connection/keychain.ts',
      'cli/connection/token-command.ts',
      'cli/files/open-browser.ts',
      'receiver/run/script.ts',
    ];
    expect(filesWith(/node:child_process/).filter((file) => !starters.includes(file))).toEqual([]);
    expect(filesWith(/\b(?:exec|execSync)\b.*node:child_process|shell:\s*true/)).toEqual([]);
  });

  it('ends the process in one place only, so that all output is flushed before', () => {
    expect(filesWith(/\bprocess\.(?:exit|abort|kill|reallyExit)\(/)).toEqual(
      expect.arrayContaining(['main.ts']),
    );
    expect(filesWith(/\bprocess\.(?:exit|abort|reallyExit)\(/)).toEqual(['main.ts']);
  });

  it('speaks HTTP through the module that follows no redirect with a token or a body; to PagerDuty in one place (F33)', () => {
    // `fetch` would follow redirects, with the body and every header except Authorization.
    expect(filesWith(/(?<![\w.])fetch\(/)).toEqual([]);
    const clients = filesWith(/\bimport\('node:https?'\)|\brequest as \w+.* from 'node:https?'/);
    expect(clients.filter((file) => !/^(?:sandbox|receiver|tester)\//.test(file))).toEqual([
      'pagerduty/http/fetch.ts',
    ]);
  });

  it('reads the environment in one place, and inspects no object for output', () => {
    expect(filesWith(/\bprocess\.env\b/)).toEqual(['main.ts']);
    // `util.inspect` prints the contents of an error or a request, headers included (T28).
    expect(filesWith(/\binspect\b[^;]*node:util'|\* as \w+ from 'node:util'|\butil\.inspect\(/)).toEqual([]);
  });
});
