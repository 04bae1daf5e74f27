import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/errors.ts';
import { CANARY, labelsOn } from './project.ts';
import { sit } from './sitting.ts';

describe('create', () => {
  it('prompts for everything: service with slots, template, label, endpoint, headers; shows it; creates it', async () => {
    const { terminal, sandbox, ended } = await sit(['create']);
    await terminal.waitFor(/Checkout API {5}○○○/);
    terminal.type('admin');
    await terminal.waitFor(/❯ ◯ web-admin +●○○/);
    terminal.press('enter');
    await terminal.waitFor('What should the button do?');
    terminal.press('down', 'enter');
    await terminal.waitFor('Label, as responders see it: (Add Diagnostics)');
    terminal.type('Page the vendor');
    await terminal.waitFor('> Page the vendor is already on this service');
    for (let count = 0; count < 'Page the vendor'.length; count += 1) terminal.press('backspace');
    terminal.type('Gather facts');
    await terminal.waitFor(/it: Gather facts$/);
    terminal.press('enter');
    await terminal.waitFor('Endpoint');
    terminal.type('ftp://x');
    await terminal.waitFor('> the URL is neither https nor http');
    for (let count = 0; count < 'ftp://x'.length; count += 1) terminal.press('backspace');
    terminal.type('https://automation.example.com/facts');
    await terminal.waitFor(/facts$/);
    terminal.press('enter');
    await terminal.waitFor('Does the endpoint need a header');
    terminal.type('y');
    terminal.press('enter');
    await terminal.waitFor('Header name: (Authorization)');
    terminal.press('enter');
    await terminal.waitFor('Value of Authorization');
    terminal.type(`Bearer ${CANARY}`);
    await terminal.waitFor(/\*{5}/);
    terminal.press('enter');
    await terminal.waitFor('Headers: Authorization');
    terminal.press('enter');
    const preview = await terminal.waitFor(/Create it\?[\s\S]*select/);
    expect(preview.slice(preview.indexOf('Button'))).toMatchInlineSnapshot(`
      "Button   [ Gather facts ] on every incident of web-admin
      Request  POST https://automation.example.com/facts
               Authorization: (write-only)

      web-admin  ●○○ → ●●○  PWEBADM
        + create Gather facts
            url      https://automation.example.com/facts
            headers  Authorization (write-only)
        beside Page the vendor

      ? Create it?
      ❯ Yes, create it
        Edit the services
        Edit the label
        Edit the endpoint
        Edit the headers
        Cancel

      ↑↓ navigate · ⏎ select"
    `);
    expect(sandbox.log().commits).toEqual([]);
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(terminal.screen()).toContain('✓ created Gather facts on web-admin');
    const created = sandbox.state().extensions.find(({ name }) => name === 'Gather facts');
    expect(created).toMatchObject({ headers: [{ name: 'Authorization', value: `Bearer ${CANARY}` }] });
  });

  it('prompts only for missing flags', async () => {
    const { terminal, ended, sandbox } = await sit(['create', '-s', 'Checkout API', '-t', 'restart-server']);
    await terminal.waitFor('Endpoint');
    terminal.type('https://a.example.com/x');
    await terminal.waitFor(/\/x$/);
    terminal.press('enter');
    await terminal.waitFor('header');
    terminal.press('enter');
    await terminal.waitFor('Create it?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Restart Server']);
  });

  it('prompts for nothing if the flags are complete', async () => {
    const argv = ['create', '-s', 'Checkout API', '-l', 'Ping', '-u', 'https://a.example.com/x'];
    const { terminal, ended } = await sit(argv);
    expect(await ended).toBe(0);
    expect(terminal.screen()).not.toContain('?');
  });

  it('a full service is listed but cannot be chosen', async () => {
    const { terminal, ended, sandbox } = await sit(['create']);
    await sandbox.edit({
      insert: {
        extensions: ['A', 'B', 'C'].map((name) => ({
          id: `PFULL0${name}`,
          service: 'PCHKOUT',
          name,
          url: 'https://a.example.com',
        })),
      },
    } as never);
    terminal.type('check');
    await terminal.waitFor(/- Checkout API +●●● \(all three slots are taken\)/);
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('an account with more services than one page: they arrive, all are counted, twins are distinguished by their ids', async () => {
    const names = ['Twin', 'Twin', ...Array.from({ length: 230 }, (_, index) => `Service ${index + 10}`)];
    const services = names.map((name, index) => ({ id: `PSVC${index}`, name }));
    const { terminal, ended } = await sit(['create'], { seed: { account: 'acme', services } });
    await terminal.waitFor('1 of 232\n');
    terminal.type('twin');
    await terminal.waitFor(/Twin {9}○○○ {2}PSVC0\n.*Twin {9}○○○ {2}PSVC1/);
    terminal.press('down', 'enter');
    expect(await terminal.waitFor('should the button do')).toContain('On which services? Twin (PSVC1)');
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('finds services by their team and by their actions, and folds the full ones', async () => {
    const services = ['A', 'B', 'C', 'D', 'E'].map((name) => ({
      id: `PSVC${name}`,
      name: `Service ${name}`,
    }));
    const full = services.slice(0, 4).flatMap(({ id, name }) =>
      [1, 2, 3].map((slot) => ({
        id: `PX${name.at(-1)}000${slot}`,
        service: id,
        name: `Button ${slot}`,
        url: 'https://a.example.com',
      })),
    );
    const seed = {
      account: 'acme',
      teams: [{ id: 'PTEAM01', name: 'Payments Crew' }],
      services: [
        ...services.slice(0, 4),
        { ...services[4], teams: ['PTEAM01'] },
        { id: 'PSVCF', name: 'Idle' },
      ],
      extensions: [
        ...full,
        { id: 'PXE0001', service: 'PSVCE', name: 'Restart it', url: 'https://a.example.com' },
      ],
    } as never;
    const { terminal, ended } = await sit(['create'], { seed });
    await terminal.waitFor('- 4 not available: all three slots are taken');
    terminal.type('crew pay');
    await terminal.waitFor(/crew pay\n❯ ◯ Service E {2}●○○\nteam Payments Crew · has Restart it\n/);
    terminal.press('ctrl+u');
    terminal.type('it restart');
    await terminal.waitFor(/it restart\n❯ ◯ Service E/);
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('puts the action on all services that are marked', async () => {
    const argv = ['create', '-l', 'Ping', '-u', 'https://a.example.com/x'];
    const { terminal, ended, sandbox } = await sit(argv);
    await terminal.waitFor('On which services?');
    terminal.type('web-');
    await terminal.waitFor(/❯ ◯ web-admin/);
    terminal.press('tab', 'down', 'tab');
    await terminal.waitFor('2 marked');
    terminal.press('enter');
    await terminal.waitFor('need a header');
    terminal.press('enter');
    await terminal.waitFor('Create it?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    const on = sandbox.state().extensions.filter(({ name }) => name === 'Ping');
    expect(on).toHaveLength(2);
  });

  it('an account without services', async () => {
    const { terminal, ended } = await sit(['create'], { seed: { account: 'acme', services: [] } });
    expect(await ended).toBe(8);
    expect(terminal.screen()).toContain('this token cannot see any services');
  });

  it('does not ask about a button without a slot', async () => {
    const extensions = ['A', 'B', 'C'].map((name) => ({
      id: `PFULL0${name}`,
      service: 'PCHKOUT',
      name,
      url: 'https://a.example.com',
    }));
    const seed = { account: 'acme', services: [{ id: 'PCHKOUT', name: 'Checkout API' }], extensions };
    const { terminal, ended } = await sit(['create', '-s', 'Checkout API'], { seed });
    expect(await ended).toBe(8);
    expect(terminal.screen()).toContain('no free slot on Checkout API (PCHKOUT)');
    expect(terminal.screen()).not.toContain('What should the button do?');
  });

  it('T08: a secret for an unencrypted endpoint is refused at its prompt, in the URL and in a header', async () => {
    const { terminal, ended } = await sit(['create', '-s', 'Checkout API', '-l', 'Ping']);
    await terminal.waitFor('Endpoint');
    terminal.type('http://a.example.com/x?key=abcdef');
    await terminal.waitFor('> secrets would be sent unencrypted over http://');
    for (const _ of '?key=abcdef') terminal.press('backspace');
    await terminal.waitFor(/\/x$/);
    terminal.press('enter');
    await terminal.waitFor('Does the endpoint need a header');
    terminal.type('y');
    terminal.press('enter');
    await terminal.waitFor('tab edit');
    terminal.press('enter');
    await terminal.waitFor('> secrets would be sent unencrypted over http://');
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('does not leave the query of an endpoint on the screen', async () => {
    const { terminal, ended } = await sit(['create', '-s', 'Checkout API', '-l', 'Ping']);
    await terminal.waitFor('Endpoint');
    terminal.type('https://a.example.com/x?key=abcdef');
    await terminal.waitFor(/abcdef$/);
    terminal.press('enter');
    await terminal.waitFor('Does the endpoint need a header');
    expect(terminal.screen()).toContain('https://a.example.com/x?key=***');
    expect(terminal.screen()).not.toContain('abcdef');
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('Ctrl-C changes nothing', async () => {
    const { terminal, ended, sandbox } = await sit(['create', '-s', 'Checkout API', '-l', 'Ping']);
    await terminal.waitFor('Endpoint');
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
    expect(sandbox.log().commits).toEqual([]);
  });
});

describe('the final menu', () => {
  const ARGV = ['create', '-s', 'Checkout API', '-t', 'restart-server'];

  async function atTheMenu(argv: readonly string[], typed: string) {
    const session = await sit(argv);
    const { terminal } = session;
    await terminal.waitFor('Endpoint');
    terminal.type(typed);
    await terminal.waitFor(typed);
    terminal.press('enter');
    await terminal.waitFor('need a header');
    terminal.press('enter');
    await terminal.waitFor('Create it?');
    return session;
  }

  it('lets every answer be changed, with the previous answer on the line', async () => {
    const { terminal, ended, sandbox } = await atTheMenu(ARGV, 'https://a.example.com/x');
    terminal.press('down', 'down', 'enter');
    await terminal.waitFor(/see it: Restart Server$/);
    terminal.type(' now');
    await terminal.waitFor(/Restart Server now$/);
    terminal.press('enter');
    await terminal.waitFor('[ Restart Server now ]');
    await terminal.waitFor(/Restart Server now[\s\S]*Create it\?/);
    terminal.press('down', 'down', 'down', 'enter');
    await terminal.waitFor(/posts to\): https:\/\/a\.example\.com\/x$/);
    terminal.type('yz');
    await terminal.waitFor(/xyz$/);
    terminal.press('enter');
    await terminal.waitFor(/POST https:\/\/a\.example\.com\/xyz[\s\S]*Create it\?/);
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions.find(({ name }) => name === 'Restart Server now')?.url).toMatch(/xyz$/);
  });

  it('cancelling exits 0, writes nothing, and prints an equivalent command line', async () => {
    const { terminal, ended, sandbox } = await atTheMenu(ARGV, 'https://a.example.com/x');
    terminal.press('down', 'down', 'down', 'down', 'down', 'enter');
    expect(await ended).toBe(0);
    expect(sandbox.log().commits).toEqual([]);
    expect(terminal.screen().replace(/\n */g, ' ')).toContain(
      "pdactions create -s id:PCHKOUT --label 'Restart Server' --url https://a.example.com/x",
    );
  });

  it('completes a host without a scheme', async () => {
    const { terminal, ended, sandbox } = await sit([...ARGV]);
    await terminal.waitFor('Endpoint');
    terminal.type(' a.example.com/x ');
    await terminal.waitFor('tab https://a.example.com/x');
    terminal.press('tab');
    await terminal.waitFor(/to\): https:\/\/a\.example\.com\/x$/);
    terminal.press('enter');
    await terminal.waitFor('need a header');
    terminal.press('enter');
    await terminal.waitFor('Create it?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions.at(-1)?.url).toBe('https://a.example.com/x');
  });

  it('Esc goes back one question, and the typed text is still there', async () => {
    const { terminal, ended } = await sit(['create', '-s', 'Checkout API']);
    await terminal.waitFor('should the button do');
    terminal.press('enter');
    await terminal.waitFor('(Restart Server)');
    terminal.press('enter');
    await terminal.waitFor('Endpoint');
    terminal.type('https://half');
    await terminal.waitFor('https://half');
    terminal.press('escape');
    await terminal.waitFor(/https:\/\/half[\s\S]*see it: Restart Server$/);
    terminal.press('enter');
    await terminal.waitFor(/see it: Restart Server\n.*posts to\): https:\/\/half$/);
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('a mistake is reported there, and can be fixed', async () => {
    const { terminal, ended, sandbox } = await sit(['create', '-s', 'web-admin', '-l', 'Page the vendor']);
    await terminal.waitFor('Endpoint');
    terminal.type('https://a.example.com/x');
    await terminal.waitFor(/\/x$/);
    terminal.press('enter');
    await terminal.waitFor('need a header');
    terminal.press('enter');
    await terminal.waitFor(/`Page the vendor` already[\s\S]*What next\?/);
    expect(terminal.screen()).not.toContain('Yes, create it');
    terminal.press('down', 'enter');
    await terminal.waitFor(/see it: Page the vendor\n> Page the vendor is already/);
    terminal.type(' 2');
    await terminal.waitFor(/vendor 2$/);
    terminal.press('enter');
    await terminal.waitFor('Create it?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Page the vendor', 'Page the vendor 2']);
  });

  it('a preview has one part a line if they do not fit on one', async () => {
    const names = ['Billing and Invoices', 'Checkout and Payments', 'Search and Catalogue'];
    const services = names.map((name, index) => ({ id: `PSVC${index}`, name }));
    const argv = ['create', ...names.flatMap((name) => ['-s', name]), '-l', 'Ping'];
    const { terminal, ended } = await sit(argv, { seed: { account: 'acme', services }, columns: 60 });
    await terminal.waitFor('Endpoint');
    terminal.type('https://a.example.com/x');
    await terminal.waitFor(/\/x$/);
    terminal.press('enter');
    await terminal.waitFor('need a header');
    terminal.press('enter');
    const screen = await terminal.waitFor('Create it?');
    expect(screen).toContain(`on every incident of\n         ${names.join('\n         ')}\n`);
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });
});

describe('update', () => {
  it('goes back with Esc from a field to the choice of fields, and cancels with the command line', async () => {
    const { terminal, ended, sandbox } = await sit(['update', 'Page the vendor']);
    await terminal.waitFor('What should change');
    terminal.press('space', 'enter');
    await terminal.waitFor(/see it: Page the vendor$/);
    terminal.type('s');
    await terminal.waitFor(/vendors$/);
    terminal.press('escape');
    await terminal.waitFor(/vendors[\s\S]*What should change/);
    terminal.press('space', 'enter');
    await terminal.waitFor(/see it: Page the vendors[\s\S]*see it: Page the vendors$/);
    terminal.press('enter');
    await terminal.waitFor('Change it?');
    terminal.press('down', 'down', 'down', 'down', 'enter');
    expect(await ended).toBe(0);
    expect(terminal.screen()).toContain("pdactions update PVENDOR --label 'Page the vendors'");
    expect(sandbox.log().commits).toEqual([]);
  });

  it('prompts for the fields to change, and shows both sides', async () => {
    const { terminal, ended, sandbox } = await sit(['update', 'Page the vendor']);
    await terminal.waitFor('What should change about Page the vendor?');
    terminal.press('space', 'enter');
    await terminal.waitFor('see it: Page the vendor');
    terminal.press('ctrl+u');
    terminal.type('Call the vendor');
    await terminal.waitFor(/see it: Call the vendor$/);
    terminal.press('enter');
    await terminal.waitFor('label    Page the vendor → Call the vendor');
    await terminal.waitFor('Change it?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions.find(({ id }) => id === 'PVENDOR')).toMatchObject({
      name: 'Call the vendor',
      headers: [{ name: 'X-Vendor-Key', value: 'vendor-key-of-the-demo' }],
    });
  });
});

describe('update without an action', () => {
  it('prompts for the action, even if the flags contain the changes', async () => {
    const { terminal, ended, sandbox } = await sit(['update', '--label', 'Call the vendor']);
    await terminal.waitFor('Which action do you want to change?');
    terminal.type('vendor admin');
    await terminal.waitFor(/❯ web-admin +Page the vendor +https:/);
    terminal.press('enter');
    expect(await terminal.waitFor('Change it?')).toContain('label    Page the vendor → Call the vendor');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Call the vendor']);
  });
});

describe('actions that cannot be written', () => {
  const seed = {
    account: 'acme',
    services: [
      { id: 'PONE', name: 'One' },
      { id: 'PTWO', name: 'Two' },
    ],
    extensions: [
      { id: 'PSHARED', services: ['PONE', 'PTWO'], name: 'Both', url: 'https://a.example.com' },
      { id: 'PALONE1', service: 'PONE', name: 'Alone', url: 'https://a.example.com' },
    ],
  };

  it('U1: are listed in a picker but cannot be chosen', async () => {
    const { terminal, ended } = await sit(['update', '--label', 'X'], { seed });
    await terminal.waitFor(/❯ One .*Alone/);
    expect(terminal.screen()).toMatch(/- One, Two +Both .*\(is on 2 services/);
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
  });

  it('U1: if there are no others, nothing is prompted', async () => {
    const { terminal, ended } = await sit(['update', '-s', 'Two', '--label', 'X'], { seed });
    expect(await ended).toBe(8);
    expect(terminal.screen()).toContain('no action on Two can be changed');
  });

  it('names a service without actions, and the command that adds one', async () => {
    const { terminal, ended } = await sit(['run'], {
      seed: {
        account: 'acme',
        services: [{ id: 'PONE', name: 'One' }],
        incidents: [{ id: 'PINC1', service: 'PONE', title: 'Slow' }],
      },
    });
    await terminal.waitFor(/❯ .*Slow/);
    terminal.press('enter');
    expect(await ended).toBe(8);
    expect(terminal.screen()).toContain('no actions on One');
    expect(terminal.screen()).toContain('Add one with `pdactions create`.');
  });
});

describe('delete', () => {
  it('picks actions of the whole account, and asks', async () => {
    const { terminal, ended, sandbox } = await sit(['delete']);
    await terminal.waitFor('Which actions do you want to delete?');
    terminal.type('web-a');
    await terminal.waitFor(/❯ ◯ web-admin/);
    terminal.press('enter');
    await terminal.waitFor('Delete 1 action for good?');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual([]);
  });

  it.each(['enter', 'escape'] as const)('no means no, and is not a failure (%s)', async (key) => {
    const { terminal, ended, sandbox } = await sit(['delete', 'PVENDOR']);
    await terminal.waitFor('Delete 1 action for good?');
    terminal.press(key);
    expect(await ended).toBe(0);
    expect(terminal.screen()).toContain('Cancelled; nothing was done.');
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Page the vendor']);
  });

  it('Ctrl-C at the question is an interruption', async () => {
    const { terminal, ended, sandbox } = await sit(['delete', 'PVENDOR']);
    await terminal.waitFor('Delete 1 action for good?');
    terminal.press('ctrl+c');
    expect(await ended).toBe(130);
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Page the vendor']);
  });
});

describe('one label on many services', () => {
  const services = Array.from({ length: 30 }, (_, index) => ({
    id: `PSVC${index}`,
    name: `Service ${index + 10}`,
  }));
  const extensions = services.map(({ id }, index) => ({
    id: `PACT0${index}`,
    service: id,
    name: 'Restart',
    url: `https://a.example.com/${index}`,
    disabled: index === 7,
  }));
  const seed = { account: 'acme', services, extensions };

  it('can be searched, with state and endpoint', async () => {
    const { terminal, ended, sandbox } = await sit(['update', 'Restart', '--label', 'Start again'], { seed });
    await terminal.waitFor('`Restart` exists 30 times; which one do you want to update?');
    terminal.type('17');
    await terminal.waitFor(/❯ Service 17 {2}Restart {2}disabled {2}https:\/\/a\.example\.com\/7\n/);
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(labelsOn(sandbox, 'PSVC7')).toEqual(['Start again']);
  });

  it('delete takes several of them', async () => {
    const { terminal, ended, sandbox } = await sit(['delete', 'Restart'], { seed });
    await terminal.waitFor('which ones do you want to delete?');
    terminal.press('tab', 'down', 'tab', 'enter');
    await terminal.waitFor('Delete 2 actions for good?');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions).toHaveLength(28);
  });

  it('enable offers the disabled ones only', async () => {
    const { terminal, ended, sandbox } = await sit(['enable'], { seed });
    await terminal.waitFor(/Which actions do you want to re-enable\?\n❯ ◯ Service 17 .*\nPACT07/);
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions.filter(({ disabled }) => disabled)).toEqual([]);
  });
});

describe('sync', () => {
  it('shows the plan, asks, shows a bar, reports', async () => {
    const { terminal, ended, sandbox } = await sit(['sync']);
    await terminal.waitFor('Apply 2 changes?');
    expect(terminal.screen()).toContain('Plan: 2 to create');
    expect(sandbox.log().commits).toEqual([]);
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(terminal.screen()).toContain('Applied 2 changes.');
  });

  it('shows the plan before the question, even if stdout is a pipe', async () => {
    const { terminal, ended } = await sit(['sync'], { stdoutIsTerminal: false });
    await terminal.waitFor('Apply 2 changes?');
    expect(terminal.screen()).toContain('+ restart-server  url ');
    terminal.type('n');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(terminal.stdoutText).toContain('+ restart-server  url ');
  });

  it('F34: a signal at the prompt writes nothing', async () => {
    const stop = new AbortController();
    const { terminal, ended, sandbox } = await sit(['sync'], { interrupted: stop.signal });
    await terminal.waitFor('Apply 2 changes?');
    stop.abort(new CancelledError('interrupted', 'SIGTERM'));
    expect(await ended).toBe(143);
    expect(sandbox.log().commits).toEqual([]);
  });
});

describe('stored headers that would be sent to another host', () => {
  it('are a warning in the plan before the question', async () => {
    const config = {
      actions: { vendor: { label: 'Page the vendor', url: 'https://new.example.com/page' } },
      services: { 'web-admin': ['vendor'] },
    };
    const { terminal, sandbox, ended } = await sit(['sync'], { config });
    await terminal.waitFor('Apply 1 change?');
    expect(terminal.screen()).toContain('will be sent to new.example.com');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions.find(({ id }) => id === 'PVENDOR')?.url).toBe(
      'https://new.example.com/page',
    );
  });
});
