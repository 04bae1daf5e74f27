import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readToken } from '../../src/cli/connection/token.ts';
import { wordsOf } from '../../src/cli/connection/token-command.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { TokenType } from '../../src/pagerduty/auth/token-kind.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

const read = (source: {
  file?: string;
  variable?: string;
  stdin?: string;
  tokenType?: TokenType;
  clock?: Clock;
  env?: Readonly<Record<string, string>>;
}) =>
  readToken({
    tokenFile: source.file,
    tokenType: source.tokenType,
    env: { PATH: process.env.PATH, PAGERDUTY_TOKEN: source.variable, ...source.env },
    stdin: () => Readable.from([source.stdin ?? '']),
    platform: 'linux',
    clock: source.clock ?? systemClock,
    interrupted: new AbortController().signal,
    warn: () => undefined,
  });

describe('a token', () => {
  it('comes from the file before the variable, and from standard input for `-`', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'fromfile\n', { mode: 0o600 });
    expect(await read({ file, variable: 'fromvariable' })).toEqual({ token: 'fromfile', tokenType: 'token' });
    expect(await read({ file: '-', stdin: 'frompipe\n' })).toEqual({ token: 'frompipe', tokenType: 'token' });
    expect(await read({ variable: 'fromvariable' })).toEqual({ token: 'fromvariable', tokenType: 'token' });
  });

  it.each([
    ['u+AbCdEfGhIjKlMnOpQr', 'token'],
    ['y_NbAkKc66ryYTWUXYEu', 'token'],
    ['0123456789abcdef'.repeat(4), 'bearer'],
    ['0123456789ABCDEF'.repeat(4), 'bearer'],
    ['0123456789abcdef'.repeat(4).slice(1), 'token'],
    ['pdus+_0XBPWQQ_abc', 'bearer'],
    ['pdeu+_0XBPWQQ_abc', 'bearer'],
    ['eyJh.eyJz.c2ln', 'bearer'],
  ])('%s is sent as %s', async (variable, tokenType) => {
    expect(await read({ variable })).toEqual({ token: variable, tokenType });
  });

  it('is sent with the scheme of --token-type, whatever its form', async () => {
    expect(await read({ variable: 'pdus+_0X', tokenType: 'token' })).toMatchObject({ tokenType: 'token' });
    expect(await read({ variable: 'keykeykey', tokenType: 'bearer' })).toMatchObject({ tokenType: 'bearer' });
  });

  it('comes from PAGERDUTY_TOKEN, then PAGERDUTY_TOKEN_FILE, then PAGERDUTY_TOKEN_COMMAND', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'fromfile\n', { mode: 0o600 });
    const command = `${process.execPath} -e "console.log('from' + 'command')"`;
    const env = { PAGERDUTY_TOKEN_FILE: file, PAGERDUTY_TOKEN_COMMAND: command };
    expect(await read({ env, variable: 'fromvariable' })).toMatchObject({ token: 'fromvariable' });
    expect(await read({ env })).toMatchObject({ token: 'fromfile' });
    expect(await read({ env: { ...env, PAGERDUTY_TOKEN_FILE: '' } })).toMatchObject({ token: 'fromcommand' });
    chmodSync(file, 0o644);
    await expect(read({ env })).rejects.toMatchObject({ hint: expect.stringContaining('chmod 600') });
  });

  it.each([
    ['no-such-program-here read x', 'cannot be started (ENOENT)'],
    [`${process.execPath} -e 'console.log("k7Qz"); process.exit(3)'`, 'failed (exit code 3)'],
    [`${process.execPath} -e 'process.kill(process.pid, "SIGKILL")'`, 'was ended by a signal'],
    [`${process.execPath} -e 'console.log("k7Qz".repeat(5000))'`, 'far too long'],
    [`${process.execPath} -e 'console.log("k7Qz and more")'`, 'a space'],
    [process.execPath.replace(/.*/, ' '), 'names no program'],
  ])('T23: the command %j is refused, without its output', async (command, why) => {
    const error = await read({ env: { PAGERDUTY_TOKEN_COMMAND: command } }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining(why) });
    expect(JSON.stringify(error)).not.toContain('k7Qz');
  });

  it('a command that never ends is ended', async () => {
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    const env = { PAGERDUTY_TOKEN_COMMAND: `${process.execPath} -e 'setInterval(() => {}, 1000)'` };
    await expect(read({ env, clock })).rejects.toThrow('took longer than 120 s');
  });

  it('T29: a command gets quoted words, no shell, and no other secret', async () => {
    const print = 'console.log([...process.argv.slice(1), process.env.PAGERDUTY_CLIENT_SECRET].join("+"))';
    const command = `${process.execPath} -e '${print}' "a\\"b" c'd e'f $HOME;`;
    expect(wordsOf(command).slice(3)).toEqual(['a"b', 'cd ef', '$HOME;']);
    const plain = `${process.execPath} -e '${print}' x "y"z`;
    const env = { PAGERDUTY_TOKEN_COMMAND: plain, PAGERDUTY_CLIENT_SECRET: 'canary' };
    expect(await read({ env })).toMatchObject({ token: 'x+yz+' });
  });

  it.each([
    ['', 'no PagerDuty API token found'],
    ['k7Qz-secret words', 'a space'],
    ['k7Qz-secret\nbreak', 'more than one line'],
    ['"k7Qz-secret"', 'quotes'],
    ['PAGERDUTY_TOKEN=k7Qz-secret', 'a variable name'],
    ['export PD_KEY=k7Qz-secret', 'a variable name'],
    ['Bearer k7Qz-secret', 'begins with `Bearer` or `Token`'],
    ['Token token=k7Qz-secret', 'begins with `Bearer` or `Token`'],
    ['\ufeffk7Qz-secret', 'characters'],
    ['x'.repeat(10_000), 'too long'],
  ])('T23: %j is refused without being repeated', async (variable, why) => {
    const error = await read({ variable }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining(why) });
    expect(JSON.stringify(error)).not.toMatch(/k7Qz|xxxx/);
  });

  it.each([0o644, 0o666, 0o640])('T21: a file of mode %o is refused with a fix', async (mode) => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'secret');
    chmodSync(file, mode);
    await expect(read({ file })).rejects.toMatchObject({
      kind: 'auth',
      hint: expect.stringContaining('chmod 600'),
    });
  });

  it('T21: a link, a folder and a missing file are refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real'), 'secret', { mode: 0o600 });
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    mkdirSync(join(folder, 'dir'));
    await expect(read({ file: join(folder, 'link') })).rejects.toThrow('symbolic link');
    await expect(read({ file: join(folder, 'dir') })).rejects.toThrow('not a regular file');
    await expect(read({ file: join(folder, 'none') })).rejects.toThrow('does not exist');
    await expect(read({ file: '~/token' })).rejects.toMatchObject({ hint: expect.stringContaining('$HOME') });
  });
});
