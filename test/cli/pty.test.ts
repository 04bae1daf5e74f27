import { expect, it } from 'vitest';
import { temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { openPty } from '../helpers/pty.ts';
import { labelsOn } from './project.ts';

/** The built program on a real pseudo-terminal, as close to a user as tests get. */
it('create, with a real terminal in front of the built program', async () => {
  const sandbox = await testSandbox();
  const folder = temporaryFolder();
  const pty = openPty(['create', '--service', 'Checkout API'], { sandbox, folder });
  await pty.shows('What should the button do?');
  pty.type('\x1b[B\x1b[B\r');
  await pty.shows('Label, as responders see it: (Revert Last Commit)');
  pty.type('\r');
  await pty.shows('Endpoint');
  pty.type('https://automation.example.com/revert\r');
  await pty.shows('Does the endpoint need a header');
  pty.type('y\r');
  await pty.shows('Header name: (Authorization)');
  pty.type('\r');
  await pty.shows('Value of Authorization');
  pty.type('canary-typed-secret\r');
  await pty.shows('Headers: Authorization');
  pty.type('\r');
  await pty.shows('Create it?');
  expect(pty.screen()).toContain('Authorization: (write-only)');
  pty.type('\r');
  expect(await pty.ended).toBe(0);
  expect(pty.screen()).toContain('✓ created Revert Last Commit on Checkout API');
  expect(pty.written()).not.toContain('canary');
  expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Revert Last Commit']);
});

it('Ctrl-C at a prompt ends with 130, writes nothing and restores the terminal', async () => {
  const sandbox = await testSandbox();
  const pty = openPty(['delete', 'PVENDOR'], { sandbox, folder: temporaryFolder(), columns: 80 });
  await pty.shows('for good?');
  pty.type('\x03');
  expect(await pty.ended).toBe(130);
  const written = pty.written();
  expect(written.lastIndexOf('\x1b[?25h')).toBeGreaterThan(written.lastIndexOf('\x1b[?25l'));
  expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Page the vendor']);
});
