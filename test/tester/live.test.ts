/** `test` with the id or the label of a live action. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from '../cli/project.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { createVirtualTerminal } from '../helpers/virtual-terminal.ts';
import { endpoint } from './endpoints.ts';

const SERVICES = ['web-1', 'web-2', 'db'].map((name, index) => ({ id: `PSVC${index}`, name }));

const on = (service: string, url: string, more: object = {}) => ({
  id: `PX${service}`,
  service,
  name: 'Restart',
  url,
  ...more,
});

const account = (extensions: readonly object[], config: unknown = null) =>
  project(config, { seed: { account: 'acme', services: SERVICES, extensions } as never });

const SECRET = 'live-canary-77ab';
const env = { HOOK_TOKEN: SECRET };
const HEADERS = [{ name: 'Authorization', value: SECRET }];

describe('test of a live action', () => {
  it.each([['PXPSVC0'], ['Restart']])('finds it by id and by label, without a config: %s', async (text) => {
    const { url, received } = await endpoint();
    const { run } = await account([on('PSVC0', url)]);
    const { code, stdout } = await run(['test', text, '--only', 'press', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Restart\tpress\tpass\t/) });
    expect(received).toHaveLength(1);
  });

  it('sends one message to an endpoint that several services share, and gives their number', async () => {
    const { url, received } = await endpoint();
    const other = await endpoint();
    const { run } = await account([on('PSVC0', url), on('PSVC1', url), on('PSVC2', other.url)]);
    const { code, stderr, stdout } = await run(['test', 'Restart', '--only', 'press', '--yes', '--json']);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('for 2 actions') });
    expect(JSON.parse(stdout).endpoints).toMatchObject([
      { action: null, label: 'Restart', ids: ['PXPSVC0', 'PXPSVC1'] },
      { ids: ['PXPSVC2'] },
    ]);
    expect([received.length, other.received.length]).toEqual([1, 1]);
  });

  it('narrows a label by --service', async () => {
    const [here, there] = [await endpoint(), await endpoint()];
    const { run } = await account([on('PSVC0', here.url), on('PSVC2', there.url)]);
    await run(['test', 'Restart', '-s', 'web-*', '--only', 'press', '--yes']);
    expect([here.received.length, there.received.length]).toEqual([1, 0]);
  });

  it('sends the given headers, and never shows them', async () => {
    const { url, received } = await endpoint((res, { headers }) =>
      res.writeHead(headers.authorization === SECRET ? 202 : 401).end(),
    );
    const { run } = await account([on('PSVC0', url, { headers: HEADERS })]);
    const give = ['--header-env', 'Authorization=HOOK_TOKEN'];
    const { code, stderr } = await run(['test', 'Restart', ...give, '--yes'], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).not.toContain('is not sent');
    expect(received).toHaveLength(1);
  });

  it('does not count a refusal as an answer if a header of PagerDuty was missing', async () => {
    const { url } = await endpoint((res) => res.writeHead(401).end());
    const { run } = await account([on('PSVC0', url, { headers: HEADERS })]);
    const { code, stderr, stdout } = await run(['test', 'Restart', '--yes', '--json']);
    expect(code).toBe(0);
    expect(stderr).toContain('warning: Authorization is not sent: PagerDuty does not show its value.');
    expect(stderr).toContain('--header-env Authorization=VARIABLE');
    const [one] = JSON.parse(stdout).endpoints;
    expect(one).toMatchObject({ passed: true, unsentHeaders: ['Authorization'] });
    expect(one.findings.at(-1)).toMatchObject({
      verdict: 'warn',
      text: expect.stringMatching(/^answered 401 after .*, without Authorization$/),
    });
    // A failure that no missing header explains remains a failure.
    const { url: missing } = await endpoint((res) => res.writeHead(404).end());
    const other = await account([on('PSVC0', missing, { headers: HEADERS })]);
    expect(await other.run(['test', 'Restart', '--yes'])).toMatchObject({ code: 6 });
  });

  it('prefers the declared action, which needs no token', async () => {
    const [declared, live] = [await endpoint(), await endpoint()];
    const config = {
      actions: { restart: { label: 'Restart', url: declared.url } },
      services: { 'web-1': ['restart'] },
    };
    const { run, sandbox } = await account([on('PSVC0', live.url)], config);
    expect(await run(['test', 'Restart', '--only', 'press', '--yes'])).toMatchObject({ code: 0 });
    expect([declared.received.length, live.received.length]).toEqual([1, 0]);
    expect(sandbox.log().requests).toEqual([]);
  });

  it('finds an id beside a config whose variables are not set, or that is broken', async () => {
    const { url, received } = await endpoint();
    const actions = { restart: { label: 'R', url: 'https://a.example.com/', headers: { A: '${UNSET}' } } };
    const { run, folder } = await account([on('PSVC0', url)], {
      actions,
      services: { 'web-1': ['restart'] },
    });
    const args = ['test', 'PXPSVC0', '--only', 'press', '--yes'];
    expect(await run(args)).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'pdactions.config.json'), '{');
    expect(await run(args)).toMatchObject({ code: 0 });
    expect(await run(['test', 'Restart', '--yes'])).toMatchObject({ code: 4 });
    expect(received).toHaveLength(2);
  });

  it('refuses unknown targets: an unknown label, a URL that PagerDuty hides', async () => {
    const { run } = await account([on('PSVC0', 'https://u:--redacted--@a.example.com/x')]);
    expect(await run(['test', 'Restrat', '--yes'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('Did you mean `Restart`?'),
    });
    expect(await run(['test', 'Restart', '--yes'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('does not show the whole URL'),
    });
  });

  it('explains what needs a token, and prompts for none', async () => {
    const cwd = temporaryFolder();
    const config = {
      actions: { restart: { label: 'Restart', url: 'https://a.example.com/' } },
      services: { x: ['restart'] },
    };
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
    const { run: start } = await import('../../src/main.ts');
    const { systemClock } = await import('../../src/clock.ts');
    const terminal = createVirtualTerminal({ columns: 100 });
    const ended = start({
      ...{ argv: ['test', 'restrat'], env: {}, cwd, home: cwd, platform: process.platform },
      ...terminal.streams,
      ...{ clock: systemClock, random: () => 0.5, interrupted: new AbortController().signal },
    });
    expect(await ended).toBe(3);
    expect(terminal.screen()).toContain('no token to look for a live one');
    expect(terminal.screen()).toContain('Did you mean `restart`?');
  });
});
