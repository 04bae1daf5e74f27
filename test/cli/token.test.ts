import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readToken } from '../../src/cli/connection/token.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

const read = (source: { file?: string; variable?: string; stdin?: string }) =>
  readToken({
    file: source.file,
    variable: source.variable,
    stdin: () => Readable.from([source.stdin ?? '']),
    platform: 'linux',
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
    ['pdus+_0XBPWQQ_abc', 'bearer'],
    ['pdeu+_0XBPWQQ_abc', 'bearer'],
    ['eyJh.eyJz.c2ln', 'bearer'],
  ])('%s is sent as %s', async (variable, tokenType) => {
    expect(await read({ variable })).toEqual({ token: variable, tokenType });
  });

  it.each([
    ['', 'there is no'],
    ['k7Qz-secret words', 'a space'],
    ['k7Qz-secret\nbreak', 'more than one line'],
    ['"k7Qz-secret"', 'quotes'],
    ['PAGERDUTY_TOKEN=k7Qz-secret', 'name of a variable'],
    ['export PD_KEY=k7Qz-secret', 'name of a variable'],
    ['Bearer k7Qz-secret', 'scheme'],
    ['Token token=k7Qz-secret', 'scheme'],
    ['\ufeffk7Qz-secret', 'characters'],
    ['x'.repeat(10_000), 'too long'],
  ])('T23: %j is refused without being repeated', async (variable, why) => {
    const error = await read({ variable }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining(why) });
    expect(JSON.stringify(error)).not.toMatch(/k7Qz|xxxx/);
  });

  it.each([0o644, 0o666, 0o640])('T21: a file of mode %o is refused with the way out', async (mode) => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'secret');
    chmodSync(file, mode);
    await expect(read({ file })).rejects.toMatchObject({
      kind: 'auth',
      hint: expect.stringContaining('chmod 600'),
    });
  });

  it('T21: a link, a folder and a file that is not there are refused', async () => {
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
