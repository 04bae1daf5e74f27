/** A PagerDuty with names chosen by an attacker, and one that echoes the secrets it was sent: every command, every format. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Asked, frugalPagerDuty, otherServer, type Reply } from '../cli/other-server.ts';
import { unsafeIn } from '../helpers/canary.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { sample } from '../helpers/runs.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const TOKEN = 'u+Canary7wQz4kLm9xZ2';
const HEADER = 'Hdr8-canary "pQ3x\' |Zk5v';
const FORMATS = ['table', 'json', 'yaml', 'csv', 'markdown'];

/** Texts that a terminal, a CI log or a web page might obey (T01, T02, T31, T32). */
const HOSTILE = [
  'a\x1b[2J\x1b]0;owned\x07\x1b]52;c;Zm9v\x1b\\',
  'b\x1b]8;;http://evil.example/\x07click\x1b]8;;\x07\r overwritten',
  'c\x9b2J\x90\x9c\x7f\u0085',
  'd\u202etxt.exe\u2066\u2069\u200b\ufeff\u{e0041}\u061c',
  `e${'\u0301'.repeat(200)}\u2028\u2029`,
  '\n::error file=x::f%0A::set-env name=PATH::/evil',
  '::add-mask::g',
  '##[command]h ##vso[task.setvariable variable=i]j ##teamcity[k]',
  '| ` <img src=x onerror=y> ![](http://evil.example/?x) @team </details>\n# l',
  '=cmd|"/C calc"!A0',
  '"__proto__": {',
];

/** An account in which every named object has a hostile name. */
function hostileAccount() {
  const api = frugalPagerDuty(
    HOSTILE.map((name, index) => ({ id: `PSVC${index}`, name: `${name}${index}` })),
  );
  for (const [index, name] of HOSTILE.entries()) {
    api.extensions.set(`PEXT${index}`, {
      id: `PEXT${index}`,
      type: 'webhook',
      name,
      endpoint_url: `https://user:pa${index}@x.example/${encodeURIComponent(name)}?k=${name}#${name}`,
      extension_schema: { id: 'PSCHEMA' },
      extension_objects: [{ id: `PSVC${index}`, summary: `${name}${index}` }],
      config: { headers: [{ name, value: '--redacted--' }] },
      html_url: `https://acme.pagerduty.com/${name}`,
    });
  }
  return api;
}

function folderWith(config: unknown): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  return cwd;
}

const EVERYTHING = folderConfig({ 'id:PSVC0': ['a'], '*': [] });

function folderConfig(services: Record<string, readonly string[]>) {
  return {
    actions: {
      a: {
        label: 'Restart',
        url: 'https://hooks.example.com/a',
        headers: { Authorization: 'Bearer ${HOOK_TOKEN}' },
      },
    },
    services,
  };
}

const COMMANDS: readonly (readonly string[])[] = [
  ['list'],
  ['list', '--service', 'id:PSVC3'],
  ['list', '--service', 'no such service'],
  ['show', 'PEXT0'],
  ['show', 'nothing like it'],
  ['plan'],
  ['plan', '--prune'],
  ['sync', '--yes'],
  ['sync', '--yes', '--prune', '--max-deletes', '100'],
  ['delete', 'PEXT4', '--yes'],
  ['update', 'PEXT3', '--label', 'Ping'],
];

describe('T01 T02 T31 T32: names chosen by strangers', () => {
  const run = async (argv: readonly string[], env: Record<string, string> = {}, terminal = false) => {
    const { url } = await otherServer(hostileAccount().reply);
    // runCli itself scans for secrets and for bytes that a terminal must not receive.
    return runCli(argv, {
      cwd: folderWith(EVERYTHING),
      terminal,
      env: { PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_API_URL: url, HOOK_TOKEN: 'Hdr8-canary-pQ3x', ...env },
      secrets: HOSTILE.map((_, index) => `user:pa${index}`),
    });
  };

  it.each(COMMANDS)('%s %s %s %s %s print nothing that a terminal obeys', async (...argv) => {
    const words = argv.filter((word) => typeof word === 'string');
    for (const terminal of [false, true]) expect((await run(words, {}, terminal)).code).not.toBe(1);
    expect((await run([...words, '--debug'])).code).not.toBe(1);
  });

  it.each(COMMANDS)('%s %s %s %s %s print nothing that a CI system obeys', async (...argv) => {
    const words = argv.filter((word) => typeof word === 'string');
    const { stdout, stderr } = await run(words, {
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      // Without it, pdactions prints an annotation of its own.
      PDACTIONS_ALLOW_ENV: 'HOOK_TOKEN',
    });
    for (const text of [stdout, stderr]) {
      expect(text).not.toMatch(/^\s*::/m);
      expect(text).not.toMatch(/##\w*\[/);
    }
  });

  it.each(FORMATS)('the list as %s is safe, in a CI log as well', async (format) => {
    for (const env of [{}, { GITHUB_ACTIONS: 'true', TF_BUILD: 'True', TEAMCITY_VERSION: '1' }]) {
      const { code, stdout } = await run(['list', '--format', format], env);
      expect(code).toBe(0);
      if (format === 'markdown') expect(stdout).not.toMatch(/^[^`]*(<img|!\[)/m);
      if (!('TF_BUILD' in env)) continue;
      expect(stdout).not.toMatch(/##\w*\[/);
      expect(stdout).not.toMatch(/^\s*::/m);
    }
  });

  it('JSON and YAML contain the exact names', async () => {
    const { parse } = await import('yaml');
    const json = JSON.parse((await run(['list', '--json'])).stdout);
    const yaml = parse((await run(['list', '--format', 'yaml'])).stdout);
    const labels = (list: typeof json): string[] =>
      list.services.flatMap(({ actions }: { actions: { label: string }[] }) =>
        actions.map(({ label }) => label),
      );
    expect(labels(json).sort()).toEqual([...HOSTILE].sort());
    expect(yaml).toEqual(json);
  });

  it('the scan would detect them', () => {
    expect(HOSTILE.slice(0, 5).every((name) => unsafeIn(name).length > 0)).toBe(true);
  });
});

/** Echoes every request in every part of its response. */
function echo(status: number, type: 'json' | 'text'): (asked: Asked) => Reply {
  return ({ authorization = '', body, path }) => {
    const said = `${authorization} ${body} ${Buffer.from(authorization).toString('base64')} ${encodeURIComponent(TOKEN)}`;
    const text = `<html>${said}</html>`;
    const json = {
      error: { code: 2001, message: said, errors: [said, path], required_scopes: [said] },
      [said]: said,
    };
    return {
      status,
      headers: {
        'x-request-id': encodeURIComponent(said),
        location: `https://${TOKEN.slice(2)}.evil.example/?${encodeURIComponent(said)}`,
        'retry-after': said.replace(/[^ -~]/g, ''),
      },
      ...(type === 'json' ? { json } : { text }),
    };
  };
}

describe('T28: a server that echoes requests', () => {
  const statuses = [200, 201, 301, 307, 400, 401, 402, 403, 404, 407, 408, 409, 418, 429, 500, 503];
  const cases = statuses.flatMap((status) =>
    (['json', 'text'] as const).map((type) => [status, type] as const),
  );

  it.each(sample(cases))(
    '%d as %s: no secret is printed, and it is not reported as a bug',
    async (status, type) => {
      const { url } = await otherServer(echo(status, type));
      for (const argv of [
        ['list', '--debug'],
        ['sync', '--yes', '--debug', '--json'],
        ['show', 'PEXT0'],
      ]) {
        const { code, stderr } = await runCli(argv, {
          clock: createVirtualClock(),
          cwd: folderWith(folderConfig({ 'id:PSVC0': ['a'] })),
          env: { PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_API_URL: url, HOOK_TOKEN: 'Hdr8-canary-pQ3x' },
        });
        expect([5, 7, 8]).toContain(code);
        expect(stderr).not.toBe('');
      }
    },
  );

  it.each([
    ['create', '--service', 'id:PSVC0', '--label', 'L', '--url', 'https://h.example.com/'],
    ['update', 'PEXT0'],
  ])('%s: a header value from a variable is hidden from the first request on', async (...argv) => {
    const secret = 'Hdr8<can>ary&pQ3x';
    // A service hidden from this token is another case (fact 57); here only the actions are.
    const { url } = await otherServer(({ path }) =>
      path.startsWith('/services/')
        ? { json: { service: { id: 'PSVC0', name: 'A', type: 'service', teams: [] } } }
        : { status: 403, json: { error: { message: `a ${secret} b` } } },
    );
    const { code, stderr } = await runCli([...argv, '--header-env', 'X-Key=HOOK_TOKEN'], {
      env: { PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_API_URL: url, HOOK_TOKEN: secret },
    });
    expect(code).toBe(5);
    expect(stderr).toContain('a [redacted] b');
  });

  it.each([
    ['a redirect', 307, { location: `https://${TOKEN.replace('+', '')}.evil.example/` }],
    ['a media type', 200, { 'content-type': `text/${TOKEN.replace('+', '')}` }],
  ])('%s equal to the token is not shown in lower case either', async (_, status, headers) => {
    const { url } = await otherServer(() => ({ status, text: 'no', headers }));
    const token = TOKEN.replace('+', '');
    const { stderr } = await runCli(['list'], { env: { PAGERDUTY_TOKEN: token, PAGERDUTY_API_URL: url } });
    expect(stderr).toContain('[redacted]');
    expect(stderr).not.toContain(token.toLowerCase());
  });

  it('no part of a secret remains where a long message was cut', async () => {
    for (let length = 150; length < 200; length += 3) {
      const { url } = await otherServer(({ authorization }) => ({
        status: 403,
        json: { error: { message: `${'x'.repeat(length)}${authorization}` } },
      }));
      const result = await runCli(['list'], { env: { PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_API_URL: url } });
      expect(result.code).toBe(5);
      expect(result.stderr).not.toContain(TOKEN.slice(0, 4));
    }
  });

  it.each(['table', 'json', 'yaml'])(
    'a plan as %s hides the secrets of the config in texts of other users',
    async (format) => {
      const api = frugalPagerDuty([{ id: 'PSVC0', name: `One ${HEADER} ${TOKEN}` }]);
      const { url } = await otherServer(api.reply);
      const cwd = folderWith(folderConfig({ 'id:PSVC0': ['a'] }));
      const { code, stdout } = await runCli(['plan', '--format', format, '--out', 'plan.json'], {
        cwd,
        env: { PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_API_URL: url, HOOK_TOKEN: HEADER },
      });
      expect(code).toBe(0);
      expect(stdout).toContain('One [redacted]');
      expect(readFileSync(join(cwd, 'plan.json'), 'utf8')).toContain('One [redacted]');
    },
  );
});

describe('T19: invalid ids from the API', () => {
  it.each(['P1/../../users', 'P1?x=1', '..', '', 'P1%2f', 'ｐ１', 'x'.repeat(500)])(
    '%j is refused before it gets into a path',
    async (id) => {
      const api = frugalPagerDuty([{ id, name: 'One' }]);
      const { url, asked } = await otherServer(api.reply);
      const { code, stdout, stderr } = await runCli(['list', '--all'], {
        env: { PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_API_URL: url },
      });
      // The run continues without this service (F50), names it, and sends no request about it.
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('One');
      expect(asked.every(({ path }) => /^\/(services|extensions|extension_schemas)$/.test(path))).toBe(true);
    },
  );
});
