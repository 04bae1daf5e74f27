import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main.ts';
import { type RunOptions, runCli, temporaryFolder } from '../helpers/in-process.ts';
import { createVirtualTerminal } from '../helpers/virtual-terminal.ts';
import { endpoint, secureEndpoint } from './endpoints.ts';

const CANARY = 'canary-5e1d77aa';

/** A clock that stands still, so that every answer comes after 0 ms. */
const clock = {
  now: () => 0,
  sleep: (_: number, signal?: AbortSignal): Promise<void> =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};

/** A folder with a config of two actions. */
function folderWith(restart: string, diagnose: string): string {
  const folder = temporaryFolder();
  const config = {
    actions: {
      restart: { label: 'Restart Server', url: restart, headers: { Authorization: 'Bearer ${HOOK_TOKEN}' } },
      diagnose: { label: 'Add Diagnostics', url: diagnose },
    },
    services: { 'Checkout API': ['restart'], 'pay-*': ['diagnose'] },
  };
  writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(config));
  return folder;
}

const test = (argv: readonly string[], cwd?: string, options: RunOptions = {}) =>
  runCli(['test', ...argv], {
    clock,
    env: { HOOK_TOKEN: CANARY },
    ...(cwd === undefined ? {} : { cwd }),
    ...options,
  });

const columns = (stdout: string, ...wanted: number[]): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((row) => wanted.map((index) => row.split('\t')[index]).join(' '));

describe('test', () => {
  it('checks several endpoints at a time: one that does not answer delays no other', async () => {
    let release = (): void => undefined;
    const first = await endpoint((res) => {
      release = () => void res.writeHead(202).end();
    });
    const second = await endpoint((res) => {
      res.writeHead(202).end();
      release();
    });
    // The first endpoint answers after the second request; the rows keep the order of the config.
    const { code, stdout } = await test(['--yes', '--only', 'press'], folderWith(first.url, second.url));
    expect(code).toBe(0);
    expect(columns(stdout, 0, 1, 2)).toEqual(['restart press pass', 'diagnose press pass']);
  });

  it('checks every action of the config, without a token, with its headers, and shows no secret', async () => {
    const good = await endpoint((res, _, count) => res.writeHead(202).end(String(count)));
    const bad = await endpoint((res) => res.writeHead(404).end());
    const { code, stdout, stderr } = await test(['--all', '--yes'], folderWith(good.url, bad.url));
    expect(code).toBe(6);
    expect(columns(stdout, 0, 1, 2)).toEqual([
      'restart dns warn',
      'restart tls warn',
      'restart certificate skipped',
      'restart press pass',
      'restart duplicate pass',
      'restart large pass',
      'restart omitted pass',
      'diagnose dns warn',
      'diagnose tls warn',
      'diagnose certificate skipped',
      'diagnose press fail',
      'diagnose duplicate skipped',
      'diagnose large skipped',
      'diagnose omitted skipped',
    ]);
    expect(stderr).toContain('fail diagnose: press: answered 404 after 0 ms');
    expect(stderr).toContain('after 3 such presses in a row the button is disabled for 24 h');
    expect(stderr).toContain('diagnose: PagerDuty would drop presses to this endpoint.\n');
    expect(stderr).toContain('2 endpoints: 1 failed, 4 passed, 4 warnings, 5 skipped.');
    expect(good.received).toHaveLength(4);
    for (const { headers } of good.received) expect(headers.authorization).toBe(`Bearer ${CANARY}`);
    expect(good.received[0]?.body).toContain(CANARY);
  });

  it.each([
    ['by key', ['restart']],
    ['by label', ['Restart Server']],
    ['by service', ['--service', 'Checkout API']],
    ['by a pattern', ['--service', 'Checkout*']],
  ])('checks one action: %s', async (_, argv) => {
    const { url, received } = await endpoint();
    const folder = folderWith(url, 'https://nobody.example.com/');
    const { code, stdout } = await test([...argv, '--only', 'press', '--yes'], folder);
    expect(columns(stdout, 0, 1, 2, 4)).toEqual(['restart press pass documented']);
    expect(code).toBe(0);
    expect(received).toHaveLength(1);
  });

  it('meets a service whose name a pattern of the config matches', async () => {
    const { url } = await endpoint();
    const folder = folderWith('https://nobody.example.com/', url);
    const { stdout } = await test(['-s', 'pay-roll', '--only', 'press', '--yes'], folder);
    expect(columns(stdout, 0)).toEqual(['diagnose']);
  });

  it('checks a URL, with headers by flag, as a document', async () => {
    const { url } = await endpoint((res) => res.writeHead(500).end());
    const flags = ['--header-env', 'X-Key=HOOK_TOKEN', '--only', 'press', '--yes', '--json'];
    const { code, stdout } = await test(['--url', `${url}?code=4711`, ...flags]);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      command: 'test',
      endpoints: [
        {
          action: null,
          label: null,
          ids: [],
          unsentHeaders: [],
          url: `${url}?code=***`,
          passed: false,
          findings: [
            {
              check: 'press',
              verdict: 'fail',
              text: 'answered 500 after 0 ms',
              basis: 'documented',
              consequence: 'retried',
              pressesUntilDisabled: null,
              hint: null,
            },
          ],
        },
      ],
    });
  });

  it('reports the remaining presses before a disablement', async () => {
    const { url } = await endpoint((res) => res.writeHead(401).end());
    const { stdout } = await test(['--url', url, '--only', 'press', '--yes', '--json']);
    expect(JSON.parse(stdout).endpoints[0].findings[0]).toMatchObject({
      consequence: 'dropped',
      pressesUntilDisabled: 3,
    });
  });

  it('sends the one harmless message, unless more is requested', async () => {
    const { url, received } = await endpoint();
    const { code, stderr } = await test(['--url', url, '--yes']);
    expect(code).toBe(0);
    expect(received.map(({ body }) => JSON.parse(body).messages[0].incident.id)).toEqual(['PTESTIN']);
    expect(stderr).toContain('1 passed, 2 warnings, 1 skipped.');
  });

  it.each([
    [404, [], 'PagerDuty would drop presses to this endpoint.'],
    [302, [], 'PagerDuty may drop presses to this endpoint.'],
    [503, [], 'PagerDuty would retry presses to this endpoint, for up to 48 h.'],
  ])('ends with the verdict on an endpoint that answers %i', async (status, more, verdict) => {
    const { url } = await endpoint((res) => res.writeHead(status).end());
    const { code, stderr } = await test(['--url', url, '--yes', ...more]);
    expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining(`${verdict}\n`) });
  });

  it('does not report all presses as dropped if only a large one is', async () => {
    const { url } = await endpoint((res, { body }) => res.writeHead(body.length > 9000 ? 413 : 202).end());
    const { stderr } = await test(['--url', url, '--yes', '--all']);
    expect(stderr).toContain('PagerDuty would drop some presses to this endpoint.\n');
  });

  it('sends nothing without confirmation', async () => {
    const { url, received } = await endpoint();
    const { code, stdout, stderr } = await test(['--url', url, '--all']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('4 POSTs to');
    expect(stderr).toContain('`--yes`');
    expect(received).toEqual([]);
  });

  it('needs no confirmation if nothing is sent', async () => {
    const { url, received } = await secureEndpoint(['self-signed']);
    const { code, stdout } = await test(['--url', url, '--only', 'tls', '--only', 'certificate']);
    expect(columns(stdout, 1, 2)).toEqual(['tls fail', 'certificate pass']);
    expect(code).toBe(6);
    expect(received).toEqual([]);
  });

  it('changes the message with --set and --from, but never its id', async () => {
    const { url, received } = await endpoint();
    const folder = temporaryFolder();
    const stored = {
      messages: [{ id: 'old', event: 'incident.custom', incident: { id: 'PREAL01', title: 'a' } }],
    };
    writeFileSync(join(folder, 'press.json'), JSON.stringify(stored));
    const flags = ['--from', 'press.json', '--set', 'incident.title=Disk full', '--only', 'press', '--yes'];
    expect(await test(['--url', url, ...flags], folder)).toMatchObject({ code: 0 });
    const [{ id, ...message }] = JSON.parse(received[0]?.body ?? '').messages;
    expect(message).toEqual({ event: 'incident.custom', incident: { id: 'PREAL01', title: 'Disk full' } });
    expect(id).toBe(received[0]?.headers['x-webhook-id']);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['not json', 'is not JSON'],
    ['[]', 'contains no message'],
    ['{"event":{"event_type":"incident.custom","data":{}}}', 'V3 webhooks'],
    ['{"detail":{"event":"incident.custom"}}', 'EventBridge'],
    ['{"messages":[{},{}]}', 'exactly one message'],
    ['{"messages":[{"event":"incident.custom"}]}', 'without an `incident`'],
  ])('refuses the payload %s', async (text, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'press.json'), text);
    const result = await test(['--url', 'http://127.0.0.1:1/', '--from', 'press.json', '--yes'], folder);
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(3);
  });

  it.each([
    ['an unknown action', ['restrat'], 3, 'Did you mean `restart`?'],
    ['an unknown service', ['-s', 'Search API'], 3, 'no entry of the config'],
    ['an action and a URL', ['restart', '--url', 'https://a.example.com/'], 3, 'either actions or `--url`'],
    ['headers for an action', ['restart', '-H', 'X-A: b'], 3, 'need `--url`'],
    ['both `--all` and `--only`', ['--all', '--only', 'press'], 3, 'cannot be combined'],
    ['an invalid URL', ['--url', 'ftp://a'], 3, '--url: the URL is neither https nor http'],
    ['an unknown check', ['--only', 'all'], 3, 'It must be one of dns, tls'],
    ['a setting with an unusable path', ['--set', 'incident.title.x=1'], 3, 'leads into something'],
    ['an invalid setting', ['--set', 'x'], 3, '--set must be path=value'],
  ])('refuses %s', async (_, argv, exit, message) => {
    const folder = folderWith('https://a.example.com/', 'https://b.example.com/');
    const { code, stderr, stdout } = await test([...argv, '--yes'], folder);
    expect(stderr).toContain(message);
    expect(code).toBe(exit);
    expect(stdout).toBe('');
  });

  it('ends with 4 without a config', async () => {
    expect(await test(['--yes'])).toMatchObject({ code: 4, stdout: '' });
  });
});

describe('test on a terminal', () => {
  function sit(argv: readonly string[]) {
    const terminal = createVirtualTerminal({ columns: 100 });
    const cwd = temporaryFolder();
    const ended = run({
      argv: ['test', ...argv],
      env: {},
      cwd,
      home: cwd,
      platform: process.platform,
      ...terminal.streams,
      clock,
      random: () => 0.5,
      interrupted: new AbortController().signal,
    });
    return { terminal, ended };
  }

  it('shows what it sends, asks, and prints a table', async () => {
    const { url, received } = await endpoint();
    const { terminal, ended } = sit([
      '--url',
      url,
      '--only',
      'press',
      '--only',
      'large',
      '-H',
      'X-Key: abcdef',
    ]);
    const question = await terminal.waitFor('Send them?');
    expect(question).toContain('2 POSTs to http://127.0.0.1');
    expect(question).toContain('with X-Key');
    expect(question).not.toContain('abcdef');
    expect(question).toContain('this endpoint will act on them.');
    expect(received).toEqual([]);
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(terminal.screen()).toMatch(/CHECK +RESULT +FINDING/);
    expect(terminal.screen()).toContain('2 passed.');
    expect(received).toHaveLength(2);
  });

  it('sends nothing after a no', async () => {
    const { url, received } = await endpoint();
    const { terminal, ended } = sit(['--url', url]);
    expect(await terminal.waitFor('Send it?')).toContain('A real message that calls itself a test:');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(received).toEqual([]);
  });
});
