/** The last lines of a run: sentences, without codes meant for programs and without irrelevant parts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';

function folderWith(urls: readonly string[]): string {
  const folder = temporaryFolder();
  const actions = Object.fromEntries(urls.map((url, at) => [`a${at}`, { label: `A ${at}`, url }]));
  const services = {
    'Checkout API': Object.keys(actions).slice(0, 3),
    'Payments API': Object.keys(actions).slice(3),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify({ actions, services }));
  return folder;
}

describe('codes for programs', () => {
  it('follow a sentence with --debug only', async () => {
    const env = pointedAt(await testSandbox());
    const show = (...more: string[]) => runCli(['show', 'PNONE00', ...more], { env });
    const [said, debugged] = [await show(), await show('--debug')];
    expect(said.code).toBe(debugged.code);
    expect(said.stderr).toMatch(/^pdactions: .*[^\]]$/m);
    expect(said.stderr).not.toMatch(/\[\w+\]/);
    expect(debugged.stderr).toMatch(/^pdactions: .* \[gone\]$/m);
  });
});

describe('endpoints that PagerDuty cannot reach', () => {
  const HERE = [
    'http://127.0.0.1:8080/a',
    'http://localhost:8080/b',
    'https://[::1]/c',
    'https://127.0.0.2/d',
  ];

  it('are one line for this machine, and one for private networks', async () => {
    const cwd = folderWith([...HERE, 'https://10.0.0.1/e']);
    const { code, stderr } = await runCli(['validate'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'warning: 4 URLs point at this machine; PagerDuty cannot reach them\n' +
        'warning: 1 URL points into a private network; PagerDuty cannot reach it\n',
    });
    // Each with the position to fix.
    const { stderr: strict } = await runCli(['validate', '--strict'], { cwd });
    expect(strict.match(/is this machine: PagerDuty cannot reach it/g)).toHaveLength(4);
  });

  it.each([
    ['--sandbox', ['--sandbox=box.json'], {}],
    ['its address', [], { PAGERDUTY_API_URL: 'http://127.0.0.1:4040' }],
  ])('are not warnings for a sandbox, set by %s', async (_, flags, env) => {
    const cwd = folderWith(HERE);
    expect(await runCli(['validate', ...flags], { cwd, env })).toMatchObject({ code: 0, stderr: '' });
    const sandbox = { ...pointedAt(await testSandbox()) };
    const by = ['create', '--service', 'web-admin', '--label', 'A', '--url', HERE[0] ?? '', '--dry-run'];
    expect((await runCli(by, { cwd, env: sandbox })).stderr).not.toContain('cannot reach');
  });
});
