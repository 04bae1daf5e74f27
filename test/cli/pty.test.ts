import { resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { expect, it } from 'vitest';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { createScreen } from '../helpers/screen.ts';
import { labelsOn } from './project.ts';

const CLI = resolve(import.meta.dirname, '../../bin/pdactions.js');

/** The built program on a real pseudo-terminal: the last thing between the tests and a person. */
it('create, with a real terminal in front of the built program', async () => {
  const sandbox = await testSandbox();
  const folder = temporaryFolder();
  const env = { ...pointedAt(sandbox), PATH: process.env.PATH, HOME: folder, TERM: 'xterm-256color' };
  const terminal = spawn(process.execPath, [CLI, 'create', '--service', 'Checkout API'], {
    cwd: folder,
    cols: 100,
    rows: 30,
    env,
  });
  const screen = createScreen(100);
  let written = '';
  const watchers = new Set<() => void>();
  terminal.onData((data) => {
    written += data;
    screen.write(data);
    for (const look of watchers) look();
  });
  const ended = new Promise<number>((done) => terminal.onExit(({ exitCode }) => done(exitCode)));
  const shows = (text: string | RegExp): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        const found = typeof text === 'string' ? screen.text().includes(text) : text.test(screen.text());
        if (!found) return;
        watchers.delete(look);
        done();
      };
      watchers.add(look);
      look();
    });

  await shows('What should the button do?');
  terminal.write('\x1b[B\x1b[B\r');
  await shows('Label, as responders see it: (Revert Last Commit)');
  terminal.write('\r');
  await shows('Endpoint');
  terminal.write('https://automation.example.com/revert\r');
  await shows('Does the endpoint need a header');
  terminal.write('y\r');
  await shows('Header name: (Authorization)');
  terminal.write('\r');
  await shows('Value of Authorization');
  terminal.write('canary-typed-secret\r');
  await shows('Headers: Authorization');
  terminal.write('\r');
  await shows('Create it?');
  expect(screen.text()).toContain('Authorization: (write-only)');
  terminal.write('\r');
  expect(await ended).toBe(0);
  expect(screen.text()).toContain('✓ created Revert Last Commit on Checkout API');
  expect(written).not.toContain('canary');
  expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Revert Last Commit']);
});

it('Ctrl-C at a prompt ends with 130, writes nothing and gives the terminal back', async () => {
  const sandbox = await testSandbox();
  const folder = temporaryFolder();
  const env = { ...pointedAt(sandbox), PATH: process.env.PATH, HOME: folder, TERM: 'xterm-256color' };
  const terminal = spawn(process.execPath, [CLI, 'delete', 'PVENDOR'], {
    cwd: folder,
    cols: 80,
    rows: 24,
    env,
  });
  let written = '';
  let asked = (): void => undefined;
  const question = new Promise<void>((done) => {
    asked = done;
  });
  terminal.onData((data) => {
    written += data;
    if (written.includes('for good?')) asked();
  });
  const ended = new Promise<number>((done) => terminal.onExit(({ exitCode }) => done(exitCode)));
  await question;
  terminal.write('\x03');
  expect(await ended).toBe(130);
  expect(written.lastIndexOf('\x1b[?25h')).toBeGreaterThan(written.lastIndexOf('\x1b[?25l'));
  expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Page the vendor']);
});
