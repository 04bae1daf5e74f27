import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addGlobalOptions, prepareArguments, readGlobalOptions, wholeNumber } from '../../src/cli/options.ts';
import { runCli } from '../helpers/in-process.ts';

function parse(...argv: string[]) {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addGlobalOptions(program);
  program.command('list').option('--disabled');
  program.parse(prepareArguments(argv), { from: 'user' });
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

  it('takes help as a command, and leaves what follows -- alone', () => {
    expect(prepareArguments(['help', 'list'])).toEqual(['list', '--help']);
    expect(prepareArguments(['-v'])).toEqual(['--version']);
    expect(prepareArguments(['version'])).toEqual(['--version']);
    expect(prepareArguments(['list', '-v'])).toEqual(['list', '-v']);
    expect(prepareArguments(['show', '--', '--sandbox'])).toEqual(['show', '--', '--sandbox']);
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
    [['sync', '--dry-run'], '`pdactions plan` shows what sync would do'],
    [['list', '--region', 'uk'], 'Allowed choices are us, eu'],
    [['list', 'extra'], 'too many arguments'],
    [['show'], "missing required argument 'action'"],
    [['plan', '--max-deletes', 'many'], 'whole number'],
    [['sandbox'], 'a command is missing'],
    [['list', '--region', 'eu', '--api-url', 'https://x.example'], 'contradict'],
    [['list', '--service', 'id:p1/../x'], '--service'],
    [['enable'], 'either the ids'],
    [['sync', '--plan', 'a', '--expect-digest', 'b'], 'say the same'],
    [['sync', '--expect-digest', 'sha256:short'], '64 hexadecimal'],
    [['plan', '--format', 'csv'], 'no csv output'],
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
