import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesIn } from '../helpers/canary.ts';
import { copyOf, pressAlone, recipe } from './world.ts';

const SCRIPT = 'diagnose.sh';
const CLOSED = 'http://127.0.0.1:9/';

/** Without it no probe has a time limit, and the script reports that. */
const hasTimeout = spawnSync('timeout', ['--version'], { stdio: 'ignore' }).error === undefined;
if (!hasTimeout) process.stderr.write('left out, for want of timeout: a probe that hangs\n');

/** The recipe with these lines in its list of hosts. */
function place(...hosts: string[]): string {
  const folder = copyOf('add-diagnostics');
  writeFileSync(join(folder, 'hosts.conf'), hosts.map((line) => `${line}\n`).join(''));
  return folder;
}

function log(folder: string, ...lines: string[]): string {
  const file = join(folder, 'app.log');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

async function endpoint(status: number): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(status).end());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
}

describe('add-diagnostics', () => {
  it('examines the host that the incident names, and notes its findings on the incident, once', async () => {
    const health = await endpoint(503);
    const folder = place();
    const file = log(
      folder,
      'an old line',
      ...Array.from({ length: 9 }, (_, n) => `line ${n}`),
      'out of memory',
    );
    writeFileSync(join(folder, 'hosts.conf'), `# comment\n\ncheckout-1 local ${file} ${health}\n`);
    const { press, notes, listening, again } = await recipe(folder, 'Add Diagnostics', {
      title: 'checkout-1: slow',
      switches: { duplicates: 'yes' },
    });
    const note = await press();
    expect(note).toMatch(/^pdactions: "Add Diagnostics" succeeded .*\n\nHost: checkout-1\n-- load\n/s);
    expect(note).toContain('load average');
    expect(note).toContain('-- fullest file systems\n');
    expect(note).toContain(`-- end of ${file}\nline 0\n`);
    expect(note).toContain('out of memory');
    expect(note).toMatch(/\/healthz\nHTTP 503 in [\d.]+ s$/);

    await listening.seen('"duplicate"');
    const before = filesIn(folder);
    expect(await again(SCRIPT)).toMatchObject({ code: 0, text: expect.stringContaining('Host: checkout-1') });
    expect(filesIn(folder)).toEqual(before);
    expect(await notes()).toHaveLength(1);
  });

  it('finds the host in the details of the alerts if the title names none', async () => {
    const { press } = await recipe(place('checkout-1 local - -', 'web-1 local - -'), 'Add Diagnostics', {
      title: 'Latency is high',
      event: {
        trigger: { source: 'monitor-7' },
        alerts: [
          {
            id: 'PA1',
            summary: 'slow',
            source: 'monitor-7',
            component: 'Checkout-1',
            details: { region: 'eu-west-1' },
          },
        ],
      },
    });
    expect(await press()).toMatch(/succeeded .*\n\nHost: checkout-1\nRegion: eu-west-1\n-- load\n/s);
  });

  it.each([
    ['web-1', 'web-10'],
    ['jane', 'Jane Doe'],
    ['checkout', 'Checkout API'],
    ['web-1', 'web-1|web-2'],
    ['web-1', '*'],
    ['web-1', "web-1'; touch pwn"],
  ])('T64: examines no host "%s" if the events name "%s"', async (host, component) => {
    const folder = place(`${host} local - -`);
    const context = { trigger: { channel: { cef_details: { source_component: component } } } };
    const { code, text } = await pressAlone(folder, SCRIPT, { title: 'Latency is high' }, {}, context);
    expect(text).toMatch(/^Refused: the incident's title names no host in the list/);
    expect(code).toBe(3);
  });

  it('continues if a probe fails, and names it', async () => {
    const folder = place(`checkout-1 local /not/there ${CLOSED}`);
    const { code, text } = await pressAlone(folder, SCRIPT, { title: 'checkout-1' });
    expect(text).toMatch(/-- end of \/not\/there\n.*\/not\/there.*\n\(failed with exit code 1\)\n/);
    expect(text).toMatch(/127\.0\.0\.1:9\/\n.*\n?.*\(failed with exit code 7\)\n$/);
    expect(code).toBe(0);
  });

  it.runIf(hasTimeout)('waits for no probe that hangs', async () => {
    const folder = place(`checkout-1 local pipe ${CLOSED}`);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const { text } = await pressAlone(
      folder,
      SCRIPT,
      { title: 'checkout-1' },
      { DIAGNOSTICS_SECONDS: '0.2' },
    );
    expect(text).toContain('-- end of pipe\n(no answer within 0.2 s)\n');
    expect(text).toContain(CLOSED);
  });

  it('hides likely secrets in a log', async () => {
    const folder = copyOf('add-diagnostics');
    const lines = [
      'GET / Authorization: Bearer abc.def.0815-secret',
      'connect postgres://app:pw-0815-secret@db/app',
      'login {"user":"jo","password":"two words 0815-secret","ok":false}',
      'config {\\"api_key\\":\\"0815-secret\\"} rest',
      'retry token=0815-secret&page=2',
      'sent eyJhbGciOi.eyJzdWIiOi0815-secret.sig-0815-secret to peer',
    ];
    writeFileSync(join(folder, 'hosts.conf'), `checkout-1 local ${log(folder, ...lines)} -\n`);
    const { text } = await pressAlone(folder, SCRIPT, { title: 'checkout-1' });
    expect(text).not.toContain('0815-secret');
    for (const rest of ['postgres://***@db/app', '"user":"jo"', '"ok":false', 'token=***&page=2', 'to peer'])
      expect(text).toContain(rest);
  });

  it('never prints more than a note can hold', async () => {
    const folder = copyOf('add-diagnostics');
    const lines = Array.from({ length: 500 }, () => 'long line '.repeat(200));
    writeFileSync(join(folder, 'hosts.conf'), `checkout-1 local ${log(folder, ...lines)} ${CLOSED}\n`);
    const { text } = await pressAlone(folder, SCRIPT, { title: 'checkout-1' });
    expect(text.length).toBeLessThan(3000);
    expect(text.split('\n').length).toBeLessThanOrEqual(40);
  });

  it('goes to another host by ssh, with nothing of the incident in the command', async () => {
    const folder = place('web-1 deploy@web-1.example.com app.log http://127.0.0.1:9/');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // Like sshd: a shell runs the last argument.
    const ssh = `#!/bin/sh\nprintf '%s\\n' "$@" > args\nfor last; do :; done\nexec sh -c "$last"\n`;
    writeFileSync(join(bin, 'ssh'), ssh);
    chmodSync(join(bin, 'ssh'), 0o755);
    log(folder, 'a line from afar');
    const PATH = `${bin}:${process.env.PATH}`;
    const title = `WEB-1. '; touch pwn #$(touch pwn)`;
    const { code, text } = await pressAlone(folder, SCRIPT, { title }, { PATH });
    expect(text).toContain('Host: web-1\n-- load\n');
    expect(text).toContain('a line from afar');
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'args'), 'utf8').trimEnd().split('\n').slice(-2)).toEqual([
      'deploy@web-1.example.com',
      "sh -s -- 'app.log' 'http://127.0.0.1:9/' '5'",
    ]);
    expect([...filesIn(folder).keys()]).not.toContain(join(folder, 'pwn'));
  });

  it.each([
    ["x 'y'", 2, 'does not have four columns'],
    ["deploy@x.example.com '/tmp/$(id)' -", 2, 'characters that ssh could misread'],
    ['-oProxyCommand=touch${IFS}pwn - -', 2, 'is not a valid ssh destination'],
  ])('does not go to a host whose line is wrong: %s', async (columns, exit, what) => {
    const { code, text } = await pressAlone(place(`web-1 ${columns}`), SCRIPT, { title: 'web-1' });
    expect(text).toContain(what);
    expect(code).toBe(exit);
  });

  it.each([
    [
      'web-1 local - -',
      'web-10 is down',
      "the incident's title names no host in the list. Known hosts: web-1.",
    ],
    ['checkout local - -', '[Checkout API] is slow', "the incident's title names no host in the list"],
    ['jane local - -', 'Jane Doe. Slow', "the incident's title names no host in the list"],
    ['server local - -', 'restart server: no help', "the incident's title names no host in the list"],
    [
      'web-1 local - -\nWEB-2 local - -',
      'web-1, web-2: slow',
      'the incident names several hosts: web-1 WEB-2.',
    ],
  ])('examines no machine that the title does not name: %j and "%s"', async (hosts, title, why) => {
    const { code, text } = await pressAlone(place(...hosts.split('\n')), SCRIPT, { title });
    expect(text).toContain(`Refused: ${why}`);
    expect(text).toMatch(/Nothing was checked\.\n$/);
    expect(code).toBe(3);
  });

  it('finds the host in a title that begins with the name of the service', async () => {
    const folder = place('checkout local - -', 'checkout-1 local - -');
    const { text } = await pressAlone(folder, SCRIPT, { title: 'Checkout API: Checkout-1.' });
    expect(text).toMatch(/^Host: checkout-1\n-- load\n/);
  });
});
