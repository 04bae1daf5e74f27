/** The built library: its example, its types, and its loading cost. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANARY, CONFIG, labelsOn, project } from '../cli/project.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
const [example = '', options = ''] = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, block = '']) => block,
);

/** Links the package into a folder, as if it were installed there. */
function install(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/pdactions'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}

describe('the example in docs/library.md', () => {
  it('makes the account match the config, and then finds no changes', async () => {
    const own = await project(CONFIG);
    install(own.folder);
    writeFileSync(join(own.folder, 'example.js'), example);
    const { url, token } = own.sandbox;
    const env = { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: token, AUTOMATION_TOKEN: CANARY };
    const run = () => execute(own.folder, 'example.js', env);
    expect(await run()).toEqual({
      code: 0,
      stdout: 'create Add Diagnostics on Checkout API\ncreate Restart Server on Checkout API\ndone\n',
      stderr: '',
    });
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toEqual(['Add Diagnostics', 'Restart Server']);
    expect(await run()).toEqual({ code: 0, stdout: '', stderr: '' });
    own.write({ ...CONFIG, services: { Nowhere: ['add-diagnostics'] } });
    expect(await run()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no service matches `Nowhere`'),
    });
  });

  it('has the right types, from one file', () => {
    const folder = temporaryFolder();
    install(folder);
    writeFileSync(join(folder, 'example.ts'), example);
    const declared =
      "import { connect } from 'pdactions';\ndeclare const clientId: string, clientSecret: string;\n";
    writeFileSync(join(folder, 'options.ts'), declared + options);
    const wrong = "import { plan } from 'pdactions';\nplan({} as never, {} as never, { prun: true });\n";
    writeFileSync(join(folder, 'wrong.ts'), wrong);
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const roots = ['--typeRoots', join(ROOT, 'node_modules/@types')];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const files = ['example.ts', 'options.ts', 'wrong.ts'];
    const { stdout } = spawnSync(process.execPath, [tsc, ...flags, ...roots, ...files], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^wrong\.ts\(.*'prun' does not exist.*\n$/);
    expect(readFileSync(join(ROOT, 'dist/lib.d.ts'), 'utf8')).not.toMatch(/^import |from '/m);
  });
});

describe('the built library', () => {
  it('comes with the types of its sources: `npm run generate:types`', () => {
    execFileSync(process.execPath, ['scripts/types.mjs', '--check'], { cwd: ROOT });
  });

  it.each([
    ['ES modules', 'pdactions.mjs', "import * as one from 'pdactions';"],
    ['CommonJS', 'pdactions.cjs', "const one = require('pdactions');"],
  ])('loads without output and without side effects, for %s', async (_, file, line) => {
    const folder = temporaryFolder();
    install(folder);
    const code = `${line}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE', 'uncaughtException'];
const listening = signals.filter((name) => process.listenerCount(name) > 0);
const { default: _, __esModule, ...names } = one;
console.log(JSON.stringify({ names: Object.keys(names).filter((name) => /^[a-z]/.test(name)).sort(), listening, code: process.exitCode ?? null }));
`;
    writeFileSync(join(folder, file), code);
    // Arguments and variables that make the program do something.
    const {
      code: exit,
      stdout,
      stderr,
    } = await execute(folder, file, { PAGERDUTY_TOKEN: 'x', FORCE_COLOR: '1' }, ['--help']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      names: ['apply', 'connect', 'loadConfig', 'plan'],
      listening: [],
      code: null,
    });
  });
});

describe('the errors of the built library', () => {
  it('have the names of their classes', async () => {
    const folder = temporaryFolder();
    install(folder);
    const code = `import { connect, ConfigError, loadConfig, UsageError } from 'pdactions';
const errors = await Promise.all([connect({}), loadConfig()].map((one) => one.catch((error) => error)));
console.log(errors[0] instanceof UsageError, errors[1] instanceof ConfigError, errors.map(String).join('|'));
`;
    writeFileSync(join(folder, 'errors.js'), code);
    expect((await execute(folder, 'errors.js', {})).stdout).toBe(
      'true true UsageError: `token` is not a valid token: it is not a string|ConfigError: no config file found\n',
    );
  });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script with an empty environment. The sandbox answers in this process, so the call must not block. */
function execute(
  cwd: string,
  file: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<Ended> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
