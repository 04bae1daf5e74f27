/** Hostile configs in a repository, from the command line to the exit code: refused with a position, and without a request. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { otherServer } from '../cli/other-server.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';

const SECRET = 'Hdr8-canary-pQ3x-Zk5v';
const ACTION = { label: 'Restart', url: 'https://hooks.example.com/a' };

/** A config with one action, in JSON; `more` adds to the action, `rest` to the file. */
const config = (more: object = {}, rest: object = {}): string =>
  JSON.stringify(
    { actions: { a: { ...ACTION, ...more } }, services: { 'Checkout API': ['a'] }, ...rest },
    null,
    2,
  );

const yaml = (more: string, services = 'Checkout API: [a]'): string =>
  `actions:\n  a:\n    label: Restart\n    url: https://hooks.example.com/a\n${more}services:\n  ${services}\n`;

interface Case {
  readonly row: string;
  readonly text: string | Buffer;
  readonly says: RegExp;
  readonly file?: string;
  readonly env?: Record<string, string>;
}

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const header = (value: string): string => config({ headers: { Authorization: value } });
const YAML = 'pdactions.config.yaml';

const CASES: readonly Case[] = [
  {
    row: 'T02 a label that reads backwards',
    text: config({ label: 'Delete\u202eetaerC' }),
    says: /label: .*U\+202E/,
  },
  {
    row: 'T02 two labels that look the same',
    text: config({}, { actions: { a: ACTION, b: { ...ACTION, label: 'Resta\u200brt' } } }),
    says: /label/,
  },
  {
    row: 'T03 a line break from the environment',
    text: header('Bearer ${HOOK_TOKEN}'),
    env: { HOOK_TOKEN: `${SECRET}\r\nX-Evil: 1` },
    says: /headers\.Authorization: .*line break.*\$\{HOOK_TOKEN\}/,
  },
  {
    row: 'T03 a euro sign',
    text: header('Bearer ${HOOK_TOKEN}'),
    env: { HOOK_TOKEN: `${SECRET}€` },
    says: /a character that HTTP does not allow/,
  },
  {
    row: 'T04 a header name with a space',
    text: config({ headers: { 'X Y': 'z' } }),
    says: /not a header name/,
  },
  {
    row: 'T05 a header of the connection',
    text: config({ headers: { Host: 'evil.example' } }),
    says: /Host is reserved/,
  },
  {
    row: 'T06 a header twice',
    text: config({ headers: { 'X-A': '1', 'x-a': '2' } }),
    says: /already set, as .*, at line 7, column 9/,
  },
  {
    row: 'T07 a password in the URL',
    text: config({ url: `https://user:${SECRET}@hooks.example.com/` }),
    says: /user name or password/,
  },
  { row: 'T08 http', text: config({ url: 'http://hooks.example.com/' }), says: /unencrypted/ },
  {
    row: 'T08 http with a secret, allowed or not',
    text: config({
      url: 'http://hooks.example.com/',
      allowInsecureUrl: true,
      headers: { Authorization: '${HOOK_TOKEN}' },
    }),
    env: { HOOK_TOKEN: SECRET },
    says: /This check cannot be turned off/,
  },
  { row: 'T09 javascript:', text: config({ url: 'javascript:alert(1)' }), says: /neither https nor http/ },
  {
    row: 'T10 another host than it looks',
    text: config({ url: 'https://%65vil.com/' }),
    says: /read as evil\.com/,
  },
  {
    row: 'T10 a secret in an invalid URL',
    text: config({ url: 'https://${HOOK_TOKEN}:x/' }),
    env: { HOOK_TOKEN: SECRET },
    says: /not valid/,
  },
  {
    row: 'T11 letters of two scripts',
    text: config({ url: 'https://аpple.com/' }),
    says: /xn--pple-43d\.com/,
  },
  { row: 'T13 a label of 1 MB', text: config({ label: 'x'.repeat(900_000) }), says: /255/ },
  {
    row: 'T13 five megabytes',
    text: config({ description: 'x'.repeat(5_000_000) }),
    says: /larger than 1 MB/,
  },
  { row: 'T13 a JSON nested 100,000 deep', text: deep(100_000), says: /64 levels/ },
  { row: 'T13 a YAML nested 100,000 deep', file: YAML, text: '['.repeat(100_000), says: /64 levels/ },
  {
    row: 'T13 four actions',
    text: config({}, { services: { 'Checkout API': ['a', 'b', 'c', 'd'] } }),
    says: /three|3/,
  },
  {
    row: 'T14 __proto__',
    text: '{"__proto__": {"polluted": true}, "actions": {}, "services": {}}',
    says: /1:2 .*"?__proto__"?/,
  },
  {
    row: 'T15 an alias bomb',
    file: YAML,
    text: bomb(),
    says: /aliases of this file expand to more than 300,000 entries/,
  },
  { row: 'T16 a tag', file: YAML, text: yaml('    headers: !!js/function "x"\n'), says: /5:14: .*tag/ },
  { row: 'T16 two documents', file: YAML, text: `${yaml('')}---\n${yaml('')}`, says: /several documents/ },
  { row: 'T17 UTF-16', text: Buffer.from(config(), 'utf16le'), says: /not UTF-8/ },
  { row: 'T17 NUL', text: config().replace('Restart', 'Rest\0art'), says: /not UTF-8/ },
  {
    row: 'T18 a key twice',
    text: config().replace('"services"', '"actions"'),
    says: /the key "actions" is already defined at line 2, column 3/,
  },
  { row: 'T19 an id that is a number', file: YAML, text: yaml('', '1e3: [a]'), says: /8:3|7:3|6:3/ },
  {
    row: 'T19 an id that leaves its place',
    text: config({}, { services: { 'id:P1/../../users': ['a'] } }),
    says: /id/,
  },
  { row: 'T20 nothing', text: '', says: /the file is empty/ },
  {
    row: 'T24 what is not set, twice',
    text: header('${ONE} ${TWO}'),
    says: /ONE is not set[\s\S]*TWO is not set/,
  },
  { row: 'T24 one in another', text: header('${A${B}}'), says: /inside `\$\{\.\.\.\}`/ },
  {
    row: 'T25 the token',
    text: header('${PAGERDUTY_TOKEN}'),
    says: /\$\{PAGERDUTY_TOKEN\} is never expanded/,
  },
  {
    row: 'T25 the credentials of CI',
    text: header('${AWS_SECRET_ACCESS_KEY}${GITHUB_TOKEN:-x}'),
    env: { AWS_SECRET_ACCESS_KEY: SECRET, GITHUB_TOKEN: SECRET },
    says: /AWS_SECRET_ACCESS_KEY[\s\S]*GITHUB_TOKEN/,
  },
  {
    row: 'T25 what is not on the list',
    text: header('${HOOK_TOKEN}'),
    env: { HOOK_TOKEN: SECRET, PDACTIONS_ALLOW_ENV: 'OTHER' },
    says: /not on the list/,
  },
  {
    row: 'T26 an address',
    text: config({}, { apiUrl: 'http://127.0.0.1:1', proxy: 'http://127.0.0.1:1', tls: false }),
    says: /apiUrl[\s\S]*proxy|unknown/,
  },
];

function bomb(): string {
  const levels = Array.from(
    { length: 8 },
    (_, level) => `x${level + 1}: &x${level + 1} [${`*x${level},`.repeat(9)}]`,
  );
  return `x0: &x0 lol\n${levels.join('\n')}\n${yaml('')}`;
}

async function against(argv: readonly string[], name: string, text: string | Buffer, env = {}) {
  const { url, asked } = await otherServer(() => ({ json: {} }));
  const cwd = temporaryFolder();
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
  const result = await runCli(argv, {
    cwd,
    env: { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url, ...env },
    secrets: [SECRET],
  });
  return { ...result, asked, cwd };
}

describe('a hostile config', () => {
  it.each(CASES)(
    '$row is refused with its position, before any request',
    async ({ text, says, file, env }) => {
      const name = file ?? 'pdactions.config.json';
      for (const command of ['validate', 'sync']) {
        const { code, stdout, stderr, asked } = await against([command], name, text, env);
        expect(stderr).toMatch(says);
        expect(stderr).toContain(name);
        expect(stderr).toContain('→');
        expect({ code, stdout, asked: asked.length }).toEqual({ code: 4, stdout: '', asked: 0 });
        // The message stays short, whatever the file holds.
        expect(stderr.length).toBeLessThan(6_000);
      }
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );

  it('T12 T11 a merely suspicious config is a warning, and an error on request', async () => {
    const text = config({ url: 'https://169.254.169.254/latest' });
    expect(await against(['validate'], YAML, text)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('private network'),
    });
    expect(await against(['validate', '--strict'], YAML, text)).toMatchObject({ code: 4 });
  });

  it.each([
    'pdactions.config.ts',
    'pdactions.config.js',
    'pdactions.config.cjs',
    'pdactions.config.mjs',
    '.pdactionsrc.js',
    '.config/config.js',
  ])('T33 %s is never run, neither found nor named', async (name) => {
    const marker = `require('node:fs').writeFileSync(require('node:path').join(__dirname, 'ran'), ''); module.exports = {};`;
    for (const argv of [['validate'], ['validate', '--config', name]]) {
      const { code, cwd } = await against(argv, name, marker);
      expect(existsSync(join(cwd, 'ran')) || existsSync(join(cwd, '.config', 'ran'))).toBe(false);
      expect(code).toBe(4);
    }
  });

  it('T24 the environment adds no structure', async () => {
    const text = yaml('    headers:\n      X-Env: ${ENVIRONMENT}\n');
    const env = { ENVIRONMENT: '"\n      X-Evil: "1' };
    expect(await against(['validate'], YAML, text, env)).toMatchObject({ code: 4 });
  });
});
