import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { noteOf } from '../../src/receiver/tell/note.ts';
import { filesIn } from '../helpers/canary.ts';
import { message } from '../receiver/world.ts';
import { freePort } from './free-port.ts';
import { alone, copyOf, pressAlone, recipe } from './world.ts';

const SCRIPT = 'restart.mjs';

/** The recipe, with a running server of its own as "checkout-1". */
async function place() {
  const folder = copyOf('restart-server');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const server = (command: string): void =>
    void execFileSync(join(folder, 'demo/server.mjs'), [command, String(port), join(folder, 'pid')]);
  server('restart');
  onTestFinished(() => server('stop'));
  const inventory = {
    'checkout-1': { restart: ['demo/server.mjs', 'restart', String(port), 'pid'], health: url },
    'checkout-10': { restart: ['touch', 'pwn'], health: url },
  };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify(inventory));
  return { folder, url, server };
}

/** Retries until the server answers, because a new process takes a moment to listen. */
async function serverAt(url: string): Promise<{ readonly status: number; readonly pid: string }> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return { status: answer.status, pid: await answer.text() };
  }
}

describe('restart-server', () => {
  it('shows a real note in its README', () => {
    const page = readFileSync(join(copyOf('restart-server'), 'README.md'), 'utf8');
    const [, shown = ''] = /```\n(pdactions: .*?)\n```/s.exec(page) ?? [];
    const output = shown.split('\n').slice(2).join('\n');
    const id = '5f0c0a3e-e8d5-11e8-9f32-f91c9ea4f5ac';
    const told = { label: 'Restart Server', id, user: 'Sam Doe', clean: (text: string) => text };
    expect(shown).toBe(noteOf(told, { kind: 'succeeded', how: 'succeeded', ms: 1300, output }));
  });

  it('restarts the process that the incident names, once, and the note confirms that it answers', async () => {
    const { folder, url, server } = await place();
    const { press, notes, listening, again } = await recipe(folder, 'Restart Server', {
      title: 'checkout-1 answers 503',
      switches: { duplicates: 'yes' },
    });
    const old = await serverAt(url);
    server('break');
    expect(await serverAt(url)).toEqual({ ...old, status: 503 });
    expect(await press(1, 'run')).toMatch(
      /^pdactions: "Restart Server" succeeded .*checkout-1 before: HTTP 503\. Restarting it\.\ncheckout-1 answers: HTTP 200, \d+\.\d s after the restart\.$/s,
    );
    const fresh = await serverAt(url);
    expect(fresh.status).toBe(200);
    expect(fresh.pid).not.toBe(old.pid);

    await listening.seen('"duplicate"');
    const { code, text } = await again(SCRIPT);
    expect(code).toBe(0);
    expect(text).toContain('This press was handled before; nothing was done.');
    expect(text).toContain('checkout-1 answers: HTTP 200');
    expect(await serverAt(url)).toEqual(fresh);
    expect(await notes()).toHaveLength(1);

    const second = await pressAlone(folder, SCRIPT, { id: '../../a/second/press', title: 'checkout-1' });
    expect(second.text).toMatch(/^Refused: checkout-1 was restarted \d+ s ago, and it answers/);
    expect(second.code).toBe(3);
    expect(await serverAt(url)).toEqual(fresh);
  });

  it('finds the server in the details of the trigger and the alerts if the title names none', async () => {
    const { folder, url } = await place();
    const details = { host: 'CHECKOUT-1', region: 'eu-west-1' };
    const { press, listening } = await recipe(folder, 'Restart Server', {
      title: 'Latency is high',
      event: {
        trigger: { source: 'monitor-7', details },
        alerts: [{ id: 'PA1', summary: 'slow', source: 'monitor-7', details }],
      },
    });
    const old = await serverAt(url);
    expect(await press()).toMatch(/^pdactions: "Restart Server" succeeded .*checkout-1 answers: HTTP 200/s);
    expect((await serverAt(url)).pid).not.toBe(old.pid);
    listening.child.kill('SIGTERM');
    expect((await listening.ended).stdout).not.toContain('context-failed');
  });

  const cef = (details: object, more: object = {}) => ({ channel: { cef_details: { details, ...more } } });

  it.each([
    [
      'two servers',
      { trigger: cef({ host: 'web-1' }), alerts: [{ body: cef({ host: 'web-2' }).channel }] },
      /no known server/,
    ],
    [
      'a server by its host, another by its component',
      { trigger: cef({ host: 'web-1' }, { source_component: 'web-2' }) },
      /names web-1 and web-2/,
    ],
    [
      'a server of another region',
      { trigger: cef({ host: 'web-1', region: 'us-east-1' }) },
      /web-1 is in eu-west-1/,
    ],
    ['no server as a whole', { trigger: cef({ host: 'web-1, or so' }) }, /no known server/],
    ['T64: the service', { trigger: cef({}, { source_component: 'Checkout API' }) }, /no known server/],
    ['T64: the presser', { trigger: cef({ host: 'jane' }) }, /no known server/],
  ])('does nothing if the events name %s', async (_, context, why) => {
    const folder = copyOf('restart-server');
    const server = { restart: ['touch', 'pwn'], health: 'http://127.0.0.1:9/' };
    const names = {
      'web-1': { ...server, region: 'eu-west-1' },
      'web-2': server,
      Restart: server,
      jane: server,
    };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(names));
    const before = filesIn(folder);
    const body = message({ title: 'Latency is high' }).replace('Jane Doe', 'Jane');
    const { code, text } = await alone(folder, SCRIPT, body, { RESTART_WAIT: '0' }, context);
    expect(text).toMatch(why);
    expect(code).toBe(3);
    expect(filesIn(folder)).toEqual(before);
  });

  it('prefers the title to the events', async () => {
    const folder = copyOf('restart-server');
    const server = { restart: ['true'], health: 'http://127.0.0.1:9/' };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ 'web-1': server, 'web-2': server }));
    const body = message({ title: 'web-1: slow' });
    const context = { trigger: cef({ host: 'web-2' }) };
    expect((await alone(folder, SCRIPT, body, { RESTART_WAIT: '0' }, context)).text).toMatch(/^web-1 before/);
  });

  it.each([
    [
      'an unknown server',
      '$(touch pwn) `touch pwn`; touch pwn',
      "the incident's title names no known server. Known servers: checkout-1, checkout-10.",
    ],
    [
      'a server of another domain',
      'checkout-1.staging.example.com is down',
      "the incident's title names no known server",
    ],
    ['two servers', 'checkout-1, CHECKOUT-10: down', 'the incident names checkout-1 and checkout-10.'],
  ])('refuses %s', async (_, title, why) => {
    const folder = copyOf('restart-server');
    const server = { restart: ['touch', 'restarted'], health: 'http://127.0.0.1:9/' };
    const inventory = { 'checkout-1': server, 'checkout-10': server };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(inventory));
    const before = filesIn(folder);
    const { code, text } = await pressAlone(folder, SCRIPT, { title });
    expect(text).toMatch(/^Refused: .*Nothing was done\.\n$/);
    expect(text).toContain(why);
    expect(code).toBe(3);
    expect(filesIn(folder)).toEqual(before);
  });

  it.each([
    ['sandbox', 'Latency is high', "the incident's title names no known server. Known"],
    ['service', 'Latency is high', "the incident's title names no known server. Known"],
    ['jane', 'Jane Doe: latency is high', '("jane" appears only in the name of the service, the button or'],
    [
      'checkout',
      '[Checkout API] latency',
      '("checkout" appears only in the name of the service, the button or',
    ],
    [
      'restart',
      'Restart Server was no help',
      '("restart" appears only in the name of the service, the button',
    ],
    ['health', 'A restart is needed', "the incident's title names no known server. Known servers: health."],
  ])('finds the server "%s" nowhere but in the title itself: "%s"', async (server, title, why) => {
    const folder = copyOf('restart-server');
    const inventory = { [server]: { restart: ['touch', 'restarted'], health: 'http://127.0.0.1:9/' } };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(inventory));
    const body = JSON.parse(message({ title }));
    const [{ incident, log_entries: entries }] = body.messages;
    Object.assign(incident, { description: server, body: { details: server }, alerts: [{ key: server }] });
    Object.assign(entries[0], { event_details: { description: server }, agent: { summary: 'Jane Doe' } });
    const before = filesIn(folder);
    const { code, text } = await alone(folder, SCRIPT, JSON.stringify(body), { RESTART_WAIT: '0' });
    expect(text).toContain(why);
    expect(code).toBe(3);
    expect(filesIn(folder)).toEqual(before);
  });

  it('takes the server out of a title that begins with the name of the service', async () => {
    const folder = copyOf('restart-server');
    const server = { restart: ['true'], health: 'http://127.0.0.1:9/' };
    const inventory = { checkout: server, 'checkout-1': server };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(inventory));
    const title = 'Checkout API: checkout-1 answers 503';
    const { text } = await pressAlone(folder, SCRIPT, { title }, { RESTART_WAIT: '0' });
    expect(text).toMatch(/^checkout-1 before: no answer\. Restarting it\.\n/);
  });

  it('does not repeat a run that was cut off', async () => {
    const folder = copyOf('restart-server');
    // The server kills the script that started it, like a machine that goes down.
    const inventory = {
      'checkout-1': { restart: ['sh', '-c', 'kill -9 $PPID'], health: 'http://127.0.0.1:9/' },
    };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(inventory));
    expect(await pressAlone(folder, SCRIPT, { title: 'checkout-1' })).toMatchObject({ code: null });
    const { code, text } = await pressAlone(folder, SCRIPT, { title: 'checkout-1' });
    expect(text).toMatch(
      /checkout-1: begun\nThe outcome is unknown: check the server, and press again if needed\.\n$/,
    );
    expect(code).toBe(0);
  });

  it.each([
    [
      '{"checkout-1": {"restart": "reboot", "health": "http://127.0.0.1:9/"}}',
      '"checkout-1" needs "restart", a list',
    ],
    ['{"../x": {}}', '"../x" is not a valid server name'],
    ['{', 'JSON'],
  ])('explains a problem of the inventory: %s', async (inventory, what) => {
    const folder = copyOf('restart-server');
    writeFileSync(join(folder, 'servers.json'), inventory);
    const { code, text } = await pressAlone(folder, SCRIPT, { title: 'checkout-1' });
    expect(text).toMatch(/^The inventory .*servers\.json cannot be used: .*\n$/);
    expect(text).toContain(what);
    expect(code).toBe(2);
  });

  it.each([
    [['sh', '-c', 'echo done'], /\ndone\ncheckout-1 does not answer 0 s after the restart: no answer\.\n$/],
    [['sh', '-c', 'exit 5'], /\nThe restart command of checkout-1 failed: exit code 5\.\n$/],
    [['./not-there'], /\nThe restart command of checkout-1 failed: ENOENT\.\n$/],
  ])('reports a failure: %s', async (restart, what) => {
    const folder = copyOf('restart-server');
    const inventory = { 'checkout-1': { restart, health: 'http://127.0.0.1:9/' } };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(inventory));
    const { code, text } = await pressAlone(folder, SCRIPT, { title: 'checkout-1' }, { RESTART_WAIT: '0' });
    expect(text).toMatch(what);
    expect(code).toBe(1);
  });
});
