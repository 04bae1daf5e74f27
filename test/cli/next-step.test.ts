import { expect, it } from 'vitest';
import { commandLine } from '../../src/cli/show/next-step.ts';
import { project } from './project.ts';
import { sit } from './sitting.ts';

it.each([
  [['plan'], 'Next: `pdactions sync -c pdactions.config.json` applies it.'],
  [['sync', '--yes'], 'Next: `pdactions list -c pdactions.config.json` shows the actions of each service.'],
  [
    ['create', '-s', 'Checkout API', '-l', 'Ping', '-u', 'https://a.example.com/x'],
    /Next: `pdactions run P\w+ -c pdactions.config.json` presses it on an open incident\./,
  ],
  [['export'], 'Next: `pdactions export -o pdactions.config.yaml'],
  [['export', '-o', 'new.yaml'], 'Next: `pdactions plan -c new.yaml` should find no changes.'],
])('%j names the likely next command on a terminal, in one dim line', async (argv, text) => {
  const { terminal, ended } = await sit([...argv, '-c', 'pdactions.config.json']);
  expect(await ended).toBe(0);
  expect(terminal.screen().replace(/\n/g, ' ')).toMatch(text);
  expect(terminal.stderrText).toContain('\x1b[2mNext: ');
});

it('prints none off a terminal, with --quiet, in a document, or after a sync without changes', async () => {
  const { run } = await project();
  expect((await run(['plan'])).stderr).not.toContain('Next:');
  for (const argv of [
    ['plan', '-q'],
    ['plan', '--json'],
    ['sync', '--yes', '--json'],
  ]) {
    const { terminal, ended } = await sit(argv);
    await ended;
    expect(terminal.stderrText).not.toContain('Next:');
  }
  const { terminal, ended } = await sit(['sync'], { config: { actions: {}, services: {} } });
  await ended;
  expect(terminal.stderrText).not.toContain('Next:');
});

it('repeats the flags that choose the account, quoted for a shell', () => {
  const globals = { sandbox: '', region: 'eu', config: ["it's.yaml"] };
  expect(commandLine({ globals } as never, ['run', 'Restart Server'])).toBe(
    "pdactions run 'Restart Server' --sandbox --region eu -c 'it'\\''s.yaml'",
  );
});
