import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { CancelledError } from '../../src/errors.ts';
import { run } from '../../src/main.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { createVirtualTerminal } from '../helpers/virtual-terminal.ts';
import { type Project, project } from './project.ts';

const SEED: SandboxOptions['seed'] = {
  account: 'acme',
  services: [
    { id: 'PCHKOUT', name: 'Checkout API' },
    { id: 'PSEARCH', name: 'Search API' },
  ],
  extensions: [
    { id: 'PRESTA1', service: 'PCHKOUT', name: 'Restart Server', url: 'https://a.example.com/?key=k' },
    { id: 'PRESTA2', service: 'PSEARCH', name: 'Restart Server', url: 'https://a.example.com/s' },
    { id: 'PASLEEP', service: 'PCHKOUT', name: 'Asleep', url: 'https://a.example.com/z', disabled: true },
  ],
  incidents: [
    { id: 'PINC001', service: 'PCHKOUT', title: 'Checkout is slow' },
    { id: 'PINC002', service: 'PCHKOUT', title: 'Carts are lost' },
    { id: 'PINC003', service: 'PSEARCH', title: 'Search finds nothing' },
  ],
};

const start = (options: SandboxOptions = {}): Promise<Project> => project(null, { seed: SEED, ...options });

/** The presses that the sandbox accepted: extension and incident. */
function pressesIn(sandbox: Sandbox): string[] {
  return sandbox.deliveries().map(({ extensionId, incidentId }) => `${extensionId} ${incidentId}`);
}

/** Count of requests to press, accepted or not. */
function tries(sandbox: Sandbox): number {
  return sandbox.log().requests.filter(({ path }) => path.endsWith('/custom_action')).length;
}

describe('run', () => {
  it.each(['json', 'empty', 'no-content'] as const)(
    'presses, whatever PagerDuty answers: %s',
    async (pressBody) => {
      const { run, sandbox } = await start({ switches: { pressBody } });
      const { code, stdout, stderr } = await run(['run', 'PRESTA1', '--incident', 'PINC001', '--yes']);
      expect(stdout).toBe('pressed\tRestart Server\t#1 Checkout is slow\tPINC001\tCheckout API\t\n');
      expect(stderr).toContain("Pressed 1 button. PagerDuty does not report the endpoint's answer.");
      expect(code).toBe(0);
      expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC001']);
    },
  );

  it('finds the button of that label on the service of each incident', async () => {
    const { run, sandbox } = await start();
    const incidents = ['PINC001', 'PINC003', 'PINC001'].flatMap((id) => ['--incident', id]);
    const { code, stdout } = await run(['run', 'Restart Server', ...incidents, '--yes', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      command: 'run',
      presses: [
        {
          status: 'applied',
          action: { id: 'PRESTA1', label: 'Restart Server' },
          incident: { id: 'PINC001', number: 1, title: 'Checkout is slow' },
          service: { id: 'PCHKOUT', name: 'Checkout API' },
        },
        {
          status: 'applied',
          action: { id: 'PRESTA2', label: 'Restart Server' },
          incident: { id: 'PINC003', number: 3, title: 'Search finds nothing' },
          service: { id: 'PSEARCH', name: 'Search API' },
        },
      ],
    });
    expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC001', 'PRESTA2 PINC003']);
  });

  it.each([
    '2',
    '#2',
    'https://acme.pagerduty.com/incidents/PINC002',
    'https://acme.pagerduty.com/incidents/PINC002/timeline',
  ])('takes an incident by its number or its address: %s', async (reference) => {
    const { run, sandbox } = await start();
    const flags = ['--incident', reference, '--incident', 'PINC002', '--yes'];
    const { code } = await run(['run', 'Restart Server', ...flags]);
    expect(code).toBe(0);
    // Named twice, pressed once.
    expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC002']);
  });

  it('off a terminal names the missing flag, and presses nothing', async () => {
    const { run, sandbox } = await start();
    const withoutIncident = await run(['run', 'PRESTA1', '--yes']);
    expect(withoutIncident).toMatchObject({ code: 3, stdout: '' });
    expect(withoutIncident.stderr).toContain('`--incident ID`');
    const withoutYes = await run(['run', 'PRESTA1', '--incident', 'PINC001']);
    expect(withoutYes).toMatchObject({ code: 3, stdout: '' });
    expect(withoutYes.stderr).toContain('`--yes`');
    expect(tries(sandbox)).toBe(0);
  });

  it.each([
    [
      'an invalid incident',
      ['--incident', 'my incident'],
      '--incident must be the id, number or URL of an incident',
    ],
    [
      'an address of something else',
      ['--incident', 'https://acme.pagerduty.com/services/PX'],
      'must be the id, number or URL of an incident',
    ],
    ['a --from that is not an email address', ['--incident', 'PINC001', '--from', 'me'], '--from must be'],
  ])('refuses %s', async (_, flags, message) => {
    const { run, sandbox } = await start();
    const { code, stderr } = await run(['run', 'PRESTA1', '--yes', ...flags]);
    expect(stderr).toContain(message);
    expect(code).toBe(3);
    expect(sandbox.log().requests).toEqual([]);
  });

  it.each([
    ['a button of another service', ['PRESTA2', '--incident', 'PINC001'], 'is not on Checkout API (PCHKOUT)'],
    ['an unknown label', ['Restrat Server', '--incident', 'PINC001'], 'Did you mean `Restart Server`?'],
    ['an unknown incident', ['PRESTA1', '--incident', 'PNONE00'], 'found no incident PNONE00'],
    ['an unknown number', ['PRESTA1', '--incident', '12'], 'found no incident 12'],
    [
      'a button on another service, and names the service',
      ['PRESTA2', '--incident', 'PINC001'],
      'it is on Search API  PRESTA2',
    ],
    [
      'a service without the incident',
      ['PRESTA1', '-s', 'Search API', '--incident', 'PINC001'],
      'does not select',
    ],
    ['a disabled button', ['Asleep', '--incident', 'PINC001'], '`pdactions enable PASLEEP`'],
  ])('refuses %s before anything is pressed', async (_, argv, message) => {
    const { run, sandbox } = await start();
    const { code, stderr } = await run(['run', ...argv, '--incident', 'PINC002', '--yes']);
    expect(stderr).toContain(message);
    expect(code).toBe(8);
    expect(tries(sandbox)).toBe(0);
  });

  it('names the presser with --from, for account-level keys', async () => {
    const { run } = await start({ switches: { pressFrom: 'required' } });
    const argv = ['run', 'PRESTA1', '--incident', 'PINC001', '--yes'];
    const nobody = await run(argv);
    expect(nobody).toMatchObject({ code: 6, stdout: expect.stringMatching(/^failed\t/) });
    expect(nobody.stderr).toContain('may require `--from EMAIL`');
    expect(nobody.stderr).toContain("Uses a call that PagerDuty's API reference does not describe.");
    expect(nobody.stderr).toContain('Requester User Not Found');
    const somebody = await run([...argv, '--from', 'sam@acme.example']);
    expect(somebody.code).toBe(0);
  });

  it('on an account whose plan lacks the call: a refusal of the token', async () => {
    const { run } = await start({ switches: { pressPlan: 'gated' } });
    const flags = ['--incident', 'PINC001', '--incident', 'PINC002', '--yes'];
    const { code, stdout } = await run(['run', 'PRESTA1', ...flags]);
    expect(stdout.split('\n').map((row) => row.split('\t')[0])).toEqual(['failed', 'skipped', '']);
    expect(code).toBe(5);
  });

  it.each([
    ['the connection breaks', { action: 'reset', phase: 'after-commit' }],
    ['a gateway fails', { action: 'status', status: 502, phase: 'after-commit' }],
    ['an HTML page is returned', { action: 'status', status: 200, body: '<p>hi', contentType: 'text/html' }],
  ] as const)('reports unknown when %s, and never presses again', async (_, fault) => {
    const { run, sandbox } = await start();
    sandbox.setFaults([{ ...fault, match: { path: '/incidents/PINC001/custom_action' } }]);
    const flags = ['--incident', 'PINC001', '--incident', 'PINC002', '--yes', '--json'];
    const { code, stdout, stderr } = await run(['run', 'PRESTA1', ...flags]);
    expect(code).toBe(6);
    expect(JSON.parse(stdout).presses).toMatchObject([
      { status: 'unknown', incident: { id: 'PINC001' } },
      { status: 'applied', incident: { id: 'PINC002' } },
    ]);
    expect(stderr).toContain("check the incident's timeline");
    expect(stderr).not.toContain('Run the same command again');
    expect(tries(sandbox)).toBe(2);
  });

  it('after a signal finishes the current press, and skips the rest', async () => {
    const stop = new AbortController();
    const { run, sandbox } = await start({ onSignal: () => stop.abort(new CancelledError('interrupted')) });
    const match = { path: '/incidents/*/custom_action', nth: 1 };
    sandbox.setFaults([{ action: 'signal', signal: 'SIGINT', match }]);
    const flags = ['--incident', 'PINC001', '--incident', 'PINC002', '--yes'];
    const { code, stdout } = await run(['run', 'PRESTA1', ...flags], { interrupted: stop.signal });
    expect(stdout.split('\n').map((row) => row.split('\t')[0])).toEqual(['pressed', 'skipped', '']);
    expect(code).toBe(130);
    expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC001']);
  });

  it('waits for the rate limit and presses then: a 429 has pressed nothing', async () => {
    const { run, sandbox } = await start();
    sandbox.setFaults([
      {
        action: 'status',
        status: 429,
        headers: { 'ratelimit-reset': '1' },
        match: { path: '/incidents/*/custom_action', nth: 1 },
      },
    ]);
    const { code } = await run(['run', 'PRESTA1', '--incident', 'PINC001', '--yes'], {
      clock: createVirtualClock(),
    });
    expect(code).toBe(0);
    expect(tries(sandbox)).toBe(2);
    expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC001']);
  });
});

describe('run on a terminal', () => {
  async function sit(argv: readonly string[]) {
    const terminal = createVirtualTerminal({ columns: 100 });
    const sandbox = await testSandbox({ seed: SEED });
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'nothing'), '');
    const ended = run({
      argv: [...argv, '--concurrency', '1'],
      env: { LANG: 'C.UTF-8', ...pointedAt(sandbox) },
      cwd,
      home: cwd,
      platform: process.platform,
      ...terminal.streams,
      clock: systemClock,
      random: () => 0.5,
      interrupted: new AbortController().signal,
    });
    return { terminal, sandbox, ended };
  }

  it('offers the open incidents of the service, found by typing, and asks for confirmation', async () => {
    const { terminal, sandbox, ended } = await sit(['run', 'PRESTA1']);
    const offered = await terminal.waitFor('Carts are lost');
    expect(offered).toContain('On which incident of Checkout API?');
    expect(offered).not.toContain('Search finds nothing');
    terminal.type('slow');
    await terminal.waitFor(/❯ #1 Checkout is slow {2}triggered {2}PINC001/);
    terminal.press('enter');
    const question = await terminal.waitFor('Press it?');
    expect(question).toContain('[ Restart Server ] on #1 Checkout is slow');
    expect(question).toContain('https://a.example.com/?key=***');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC001']);
  });

  it('prompts for all missing values: the incident, then a button of its service', async () => {
    const { terminal, sandbox, ended } = await sit(['run']);
    await terminal.waitFor('On which incident?');
    terminal.type('search api');
    await terminal.waitFor(/❯ #3 Search finds nothing .*\nSearch API\n/);
    terminal.press('enter');
    await terminal.waitFor('Which button of Search API?');
    terminal.press('enter');
    await terminal.waitFor('Press it?');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(pressesIn(sandbox)).toEqual(['PRESTA2 PINC003']);
  });

  it('prompts for the button alone if the incident was named', async () => {
    const { terminal, sandbox, ended } = await sit(['run', '--incident', '1']);
    await terminal.waitFor('Which button of Checkout API?');
    terminal.type('restart');
    await terminal.waitFor(/❯ Checkout API +Restart Server/);
    terminal.press('enter');
    await terminal.waitFor('Press it?');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(pressesIn(sandbox)).toEqual(['PRESTA1 PINC001']);
  });

  it('presses nothing after a no', async () => {
    const { terminal, sandbox, ended } = await sit(['run', 'Restart Server', '--incident', 'PINC003']);
    await terminal.waitFor('Press it?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(tries(sandbox)).toBe(0);
  });
});
