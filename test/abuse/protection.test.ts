import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { weaknessOf } from '../../src/cli/receiving/protection.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';

const STRONG = 'k7Qz9-correct-horse';
type Headers = Readonly<Record<string, string>>;

const judged = (headers: Headers, env: Readonly<Record<string, string>>): string | undefined =>
  weaknessOf(
    { headers: Object.entries(headers).map(([name, source]) => ({ name, source, value: '' })) },
    { env },
  );

describe('T58 an action', () => {
  it.each<[string, Headers, Record<string, string>]>([
    ['a variable', { 'X-Key': '${S}' }, { S: STRONG }],
    ['a variable of 16 characters', { Authorization: 'Bearer ${S}' }, { S: STRONG.slice(0, 16) }],
    ['a variable that differs from its default', { 'X-Key': '${S:-changeme}' }, { S: STRONG }],
    [
      'two variables in one value',
      { Authorization: '${A}:${B}' },
      { A: STRONG.slice(0, 8), B: STRONG.slice(8) },
    ],
    ['one of two headers', { 'X-Team': 'web', 'X-Key': '${S}' }, { S: STRONG }],
  ])('T58 is protected by %s', (_, headers, env) => {
    expect(judged(headers, env)).toBeUndefined();
  });

  it.each<[string, Headers, Record<string, string>, RegExp]>([
    ['no header', {}, {}, /it has no headers/],
    [
      'a default',
      { 'X-Key': `\${S:-${STRONG}}` },
      {},
      /^S of X-Key is not set, and everyone who reads the config knows a default/,
    ],
    ['an empty variable with a default', { 'X-Key': '${S:-changeme}' }, { S: '' }, /S of X-Key is not set/],
    [
      'a long literal',
      { Authorization: `Bearer ${STRONG}` },
      {},
      /^the value of Authorization is written in/,
    ],
    [
      'an escaped variable',
      { Authorization: '$${S}-and-more-text' },
      { S: STRONG },
      /is written in the config/,
    ],
    [
      '15 characters',
      { 'X-Key': '${S}' },
      { S: STRONG.slice(0, 15) },
      /S of X-Key has fewer than 16 characters/,
    ],
    ['a short variable in a long text', { 'X-Key': `${STRONG}\${S}` }, { S: 'web' }, /fewer than 16/],
    [
      'a long default beside a short variable',
      { 'X-Key': `\${S}\${T:-${STRONG}}` },
      { S: 'web' },
      /fewer than 16/,
    ],
    ['a repeated letter', { 'X-Key': '${S}' }, { S: 'x'.repeat(40) }, /S of X-Key is a placeholder/],
    ['a repeated placeholder', { 'X-Key': '${S}' }, { S: 'changeme-changeme' }, /is a placeholder/],
  ])('T58 is not protected by %s', (_, headers, env, why) => {
    expect(judged(headers, env)).toMatch(why);
    expect(judged(headers, env)).not.toContain(STRONG);
  });
});

describe('T58 `listen`', () => {
  const start = (headers: Headers, { url = 'https://hooks.example.com/a', ...env }: Headers = {}) => {
    const cwd = temporaryFolder();
    const action = { label: 'A', url, headers, handler: { command: ['true'] } };
    const config = { actions: { a: action }, services: { S: ['a'] } };
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
    return runCli(['listen', '--no-notes', '--port', '0'], { cwd, env });
  };

  it.each<[string, Headers, Headers, RegExp]>([
    ['the default of an unset variable', { 'X-Key': '${S:-changeme}' }, {}, /S of X-Key is not set/],
    ['a literal', { Authorization: `Bearer ${STRONG}` }, {}, /Authorization is written in the config/],
    ['a short value', { 'X-Key': '${S}' }, { S: 'hunter2hunter2' }, /fewer than 16 characters/],
    [
      'a login that PagerDuty shows',
      {},
      { url: 'https://u:${S}@hooks.example.com/a', S: STRONG },
      /no headers/,
    ],
    [
      'a query that PagerDuty shows',
      {},
      { url: 'https://hooks.example.com/a?key=${S}', S: STRONG },
      /no headers/,
    ],
  ])('T58 refuses to start with %s, and gives the next step', async (_, headers, env, why) => {
    const { code, stderr, stdout } = await start(headers, env);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/the network could press "a"/);
    expect(stderr).toMatch(why);
    expect(stderr).toContain('openssl rand -hex 32');
    expect(stderr).not.toContain(STRONG);
  });
});
