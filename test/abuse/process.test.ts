/** Tests that need a separate process: its environment, the output of Node itself, streams that fail. */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { frugalPagerDuty, otherServer } from '../cli/other-server.ts';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { spawnCli, start } from '../helpers/spawned.ts';

const TOKEN = 'u+Canary7wQz4kLm9xZ2';
const HEADER = 'Hdr8-canary-pQ3x-Secr3t-Zk5v';

const CONFIG = JSON.stringify({
  actions: {
    a: {
      label: 'Restart',
      url: 'https://hooks.example.com/a?k=${HOOK_KEY}',
      headers: { Authorization: 'Bearer ${HOOK_TOKEN}' },
    },
  },
  services: { One: ['a'] },
});

/** A folder with a config and a file of code that is loaded into the process before the program. */
function folderWith(preload = ''): { cwd: string; node: string[] } {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pdactions.config.json'), CONFIG);
  writeFileSync(join(cwd, 'preload.mjs'), preload);
  return { cwd, node: ['--import', join(cwd, 'preload.mjs')] };
}

const SECRETS = { PAGERDUTY_TOKEN: TOKEN, HOOK_TOKEN: HEADER, HOOK_KEY: 'Url7-canary-mN4t-K3y' };

describe('T28: output of Node and libraries themselves', () => {
  const pagerduty = () => otherServer(frugalPagerDuty([{ id: 'PONE', name: 'One' }]).reply);

  it.each(['http,https,undici,fetch,net,tls,stream', '*'])(
    'NODE_DEBUG=%s gets a warning, and shows no secret',
    async (value) => {
      const { url } = await pagerduty();
      const env = { ...SECRETS, PAGERDUTY_API_URL: url, NODE_DEBUG: value, DEBUG: '*' };
      const { code, stderr } = await spawnCli(['sync', '--yes', '--debug'], { ...folderWith(), env });
      expect(stderr.match(/warning: NODE_DEBUG and DEBUG /g)).toHaveLength(1);
      expect(stderr).toMatch(/^NET \d+:/m);
      expect(code).toBe(0);
    },
  );

  it('NODE_DEBUG=stream does not show the token that was read from standard input', async () => {
    const { url } = await pagerduty();
    const { cwd } = folderWith();
    const env = { ...SECRETS, PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: '', NODE_DEBUG: 'stream' };
    const { child, ended } = start(['list', '--token-file', '-'], { cwd, env, stdin: true });
    child.stdin?.end(TOKEN);
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/push <Buffer \.\.\.>/);
    expect(stderr).not.toContain(
      Buffer.from(TOKEN)
        .toString('hex')
        .slice(0, 12)
        .replace(/..(?=.)/g, '$& '),
    );
  });

  it('goes through the redactor even where Node would print a secret', async () => {
    const { url } = await pagerduty();
    const { cwd, node } = folderWith(`
      import { debuglog } from 'node:util';
      import http from 'node:http';
      import { syncBuiltinESMExports } from 'node:module';
      const log = debuglog('anything');
      const { request } = http;
      http.request = (url, options, done) => {
        log('%s %o', url, options);
        const sent = request(url, options, done);
        const { end } = sent;
        sent.end = (body) => {
          log('%s', body);
          return end.call(sent, body);
        };
        return sent;
      };
      syncBuiltinESMExports();
    `);
    const env = { ...SECRETS, PAGERDUTY_API_URL: url, NODE_DEBUG: 'anything' };
    const { code, stderr } = await spawnCli(['sync', '--yes'], { cwd, node, env });
    expect(stderr).toMatch(/authorization: 'Token token=\[redacted\]/);
    expect(stderr).toMatch(/ANYTHING .*"name":"Authorization","value":"\[redacted\]/);
    expect(code).toBe(0);
  });

  it.each([
    ['an exception', 'throw error'],
    ['a rejection', 'Promise.reject(error)'],
  ])(
    '%s that is not caught is a bug: one message, exit 1, and a redacted stack only on request',
    async (_, fail) => {
      // The last listener that the program installs before it runs: everything else is set up by then.
      const { cwd, node } = folderWith(`
      process.on('newListener', (event) => {
        if (event !== 'SIGTERM') return;
        setImmediate(() => {
          const error = new Error('no route to ${TOKEN}', { cause: new Error('because of ${TOKEN}') });
          error.request = { authorization: 'Token token=${TOKEN}' };
          ${fail};
        });
      });
    `);
      const run = (...flags: string[]) =>
        spawnCli(['sandbox', 'start', '--data', join(cwd, 'sandbox.json'), ...flags], {
          cwd,
          node,
          env: SECRETS,
        });
      expect(await run()).toMatchObject({
        code: 1,
        stderr: `pdactions: an internal error (Error); this is a bug in pdactions
  → Run the command again with \`--debug\` and report what it prints. Running it again is safe.
`,
      });
      const { code, stderr } = await run('--debug');
      expect(stderr).toContain('Error: no route to [redacted]\n    at ');
      expect(stderr).toContain('caused by Error: because of [redacted]\n');
      expect(code).toBe(1);
    },
  );

  it('a bug in the report of a bug ends the process with 1', async () => {
    const { cwd, node } = folderWith(`
      process.on('newListener', (event) => {
        if (event !== 'SIGTERM') return;
        setImmediate(() => {
          RegExp.prototype.exec = () => {
            throw new Error('no expressions');
          };
          throw new Error('the first bug');
        });
      });
    `);
    const run = spawnCli(['sandbox', 'start', '--data', join(cwd, 'sandbox.json')], { cwd, node });
    expect(await run).toMatchObject({
      code: 1,
      stderr: 'pdactions: an internal error, and another one while it was reported\n',
    });
  });
});

describe('T29: child processes, and files about the process', () => {
  it('finds no token in the environment', async () => {
    const { url } = await otherServer(frugalPagerDuty([{ id: 'PONE', name: 'One' }]).reply);
    const { cwd, node } = folderWith(`
      import { execFileSync } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      const mark = () => [
        JSON.stringify(process.report.getReport()),
        execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], { encoding: 'utf8' }),
      ];
      const [report, env] = mark();
      if (!report.includes('${TOKEN}') || !env.includes('${TOKEN}')) throw new Error('nothing to find');
      process.on('exit', () => {
        const { HOOK_TOKEN, HOOK_KEY, ...rest } = process.env;
        writeFileSync('left.json', JSON.stringify({ env: rest, child: mark()[1].includes('${TOKEN}'), report: mark()[0].includes('${TOKEN}') }));
      });
    `);
    const env = { ...SECRETS, PAGERDUTY_API_URL: url, NODE_DEBUG: 'none', DEBUG: 'none' };
    const { code } = await spawnCli(['plan'], { cwd, node, env });
    expect(code).toBe(0);
    const left = JSON.parse(readFileSync(join(cwd, 'left.json'), 'utf8'));
    expect(left).toMatchObject({ child: false, report: false });
    expect(Object.keys(left.env)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(PAGERDUTY_TOKEN|NODE_DEBUG|DEBUG)$/)]),
    );
  });
});

describe('streams that fail', () => {
  it('a reader that goes away is not an error (F37)', async () => {
    const services = Array.from({ length: 3_000 }, (_, index) => ({
      id: `P${index}`,
      name: `Service ${index}`,
    }));
    const { url } = await otherServer(frugalPagerDuty(services).reply);
    const { child, ended } = start(['list', '--json'], { env: { ...SECRETS, PAGERDUTY_API_URL: url } });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('a full disk is reported and exits 9 (F37)', async () => {
    const sandbox = await testSandbox();
    const full = openSync('/dev/full', 'w');
    try {
      const { code, stderr } = await spawnCli(['list', '--json'], { env: pointedAt(sandbox), stdout: full });
      expect(stderr).toContain('could not write to standard output');
      expect(code).toBe(9);
    } finally {
      closeSync(full);
    }
  });
});
