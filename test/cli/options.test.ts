import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandLine } from '../../src/cli/command-line.ts';
import { addGlobalOptions, readGlobalOptions, wholeNumber } from '../../src/cli/options.ts';
import { VERSION } from '../../src/version.ts';
import { runCli } from '../helpers/in-process.ts';

function parse(...argv: string[]) {
  const program = new CommandLine('pdactions').exitOverride().configureOutput({ writeErr: () => undefined });
  addGlobalOptions(program);
  program.command('list').option('--disabled');
  program.parse(argv, { from: 'user' });
  return readGlobalOptions(program.opts());
}

describe('global options', () => {
  it('have defaults that need no input', () => {
    expect(parse('list')).toEqual({
      config: [],
      format: undefined,
      sandbox: undefined,
      region: undefined,
      apiUrl: undefined,
      tokenFile: undefined,
      tokenType: undefined,
      proxy: true,
      caFile: undefined,
      useSystemCa: false,
      concurrency: 4,
      timeout: 600,
      timeoutGiven: false,
      quiet: false,
      debug: false,
      strict: false,
      allowEnv: undefined,
      color: undefined,
      yes: false,
      input: true,
    });
  });

  it.each([
    [['--json', 'list'], { format: 'json' }],
    [['list', '--json'], { format: 'json' }],
    [['list', '--format', 'markdown'], { format: 'markdown' }],
    [['--sandbox', 'list'], { sandbox: '' }],
    [['list', '--sandbox'], { sandbox: '' }],
    [['list', '--sandbox=box.json'], { sandbox: 'box.json' }],
    [['list', '--region', 'eu'], { region: 'eu' }],
    [['list', '--no-color'], { color: false }],
    [
      ['list', '--no-proxy', '--use-system-ca', '--ca-file', 'x.pem'],
      { proxy: false, useSystemCa: true, caFile: 'x.pem' },
    ],
    [['list', '--no-input'], { input: false }],
    [['list', '-y', '-q', '--debug'], { yes: true, quiet: true, debug: true }],
    [['list', '--concurrency', '1', '--timeout', '30'], { concurrency: 1, timeout: 30 }],
    [['list', '--allow-env', 'A, B,'], { allowEnv: ['A', 'B'] }],
    [['-c', 'x.json', 'list'], { config: ['x.json'] }],
    [
      ['-c', 'x.json', 'list', '--config', 'y.json', '--config=z.json'],
      { config: ['x.json', 'y.json', 'z.json'] },
    ],
  ])('%j', (argv, expected) => {
    expect(parse(...argv)).toMatchObject(expected);
  });

  it.each([['-v'], ['version'], ['-V'], ['list', '--version'], ['--json', 'version']])(
    '%j prints the version',
    async (...argv) => {
      expect(await runCli(argv)).toMatchObject({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    },
  );

  it('takes -v for the version at the front only: elsewhere users mean more output', async () => {
    const { code, stderr } = await runCli(['list', '-v']);
    expect(code).toBe(3);
    expect(stderr).toContain("unknown option '-v'");
  });

  it.each([
    ['help', 'list'],
    ['help', 'help', 'list'],
    ['help', 'list', '--json'],
    ['--json', 'help', 'list'],
    ['help', 'list', 'extra'],
  ])('%s %s … is the help of list', async (...argv) => {
    const { stdout } = await runCli(['list', '--help']);
    expect(stdout).toContain('Usage: pdactions list');
    expect(await runCli(argv)).toMatchObject({ code: 0, stdout, stderr: '' });
  });

  it('reports an unknown command that help is asked of', async () => {
    for (const argv of [
      ['help', 'lst'],
      ['lst', '--help'],
      ['lst', '-x', '-h'],
    ]) {
      const { code, stdout, stderr } = await runCli(argv);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain("unknown command 'lst' (Did you mean list?)");
    }
  });

  it('leaves what follows -- alone', () => {
    const program = new CommandLine('pdactions');
    addGlobalOptions(program);
    expect(program.parseOptions(['show', '--', '--sandbox'])).toEqual({
      operands: ['show', '--sandbox'],
      unknown: [],
    });
    expect(program.opts().sandbox).toBeUndefined();
  });

  it.each(['', '0', '33', '1.5', '-1', '1e1', 'x'])('refuses %j as a number from 1 to 32', (text) => {
    expect(() => wholeNumber(1, 32)(text)).toThrow('whole number from 1 to 32');
  });
});

describe('wrong usage', () => {
  it.each([
    [
      'a value that is the name of a command',
      ['create', '--label', 'list', '--bogus'],
      'pdactions create --help',
    ],
    ['an argument that is the name of a command', ['delete', 'list', '--bogus'], 'pdactions delete --help'],
    ['a subcommand', ['sandbox', 'seed', 'reset', '--bogus'], 'pdactions sandbox seed --help'],
    ['an unknown command before a known one', ['lst', '--service', 'create'], 'Did you mean list?'],
    ['help of an unknown command', ['--debug', 'lst', '--help'], 'Did you mean list?'],
  ])('suggests the intended command: %s', async (_, args, hint) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(3);
    expect(stderr).toContain(hint);
  });

  it.each([
    [['lst'], "unknown command 'lst' (Did you mean list?)"],
    [[], 'a command is missing'],
    [['list', '--nope'], "unknown option '--nope'"],
    [['list', '--format', 'xml'], "'xml' is invalid"],
    [['sync', '--dry-run'], 'Use `pdactions plan`: it shows what sync would do'],
    [['list', '--region', 'uk'], 'Allowed choices are us, eu'],
    [['list', 'extra'], 'too many arguments'],
    [['show'], "missing required argument 'action'"],
    [['plan', '--max-deletes', 'many'], 'whole number'],
    [['sandbox'], 'a command is missing'],
    [['list', '--region', 'eu', '--api-url', 'https://x.example'], 'cannot be combined'],
    [['list', '--service', 'id:p1/../x'], '--service'],
    [['enable'], 'either the ids'],
    [['sync', '--plan', 'a', '--expect-digest', 'b'], 'cannot be combined'],
    [['sync', '--expect-digest', 'sha256:short'], '64 hexadecimal'],
    [['plan', '--format', 'csv'], 'does not support csv output'],
  ])('%j exits 3 with one message', async (argv, message) => {
    const { code, stdout, stderr } = await runCli(argv, { env: { PAGERDUTY_TOKEN: 'x' } });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bat .*\.[jt]s:/);
    expect(code).toBe(3);
    expect(stdout).toBe('');
  });

  it('T30: never repeats the text after an unknown option', async () => {
    for (const argv of [
      ['--token=s3cr3t-value', 'list'],
      ['list', '--token', 's3cr3t-value'],
      ['--password=s3cr3t-value'],
    ]) {
      const { code, stdout, stderr } = await runCli(argv);
      expect(code).toBe(3);
      expect(stdout + stderr).not.toContain('s3cr3t-value');
    }
  });

  it('shows the version of the package', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
    expect((await runCli(['--version'])).stdout).toBe(`${JSON.parse(text).version}\n`);
  });
});
