import { describe, expect, it } from 'vitest';
import { expand } from '../../src/config/secrets/interpolate.ts';
import { isNeverExpanded, NEVER_EXPANDED } from '../../src/config/secrets/never-expanded.ts';
import { CANARY, configOf, load, problemsOf, warningsOf, withAction } from './world.ts';

const env = { A: 'one', B: 'two', EMPTY: '', NESTED: '${A}', A1_b: 'x', BACKREFERENCE: "$&$1$'" };

describe('expand', () => {
  it.each([
    ['${A}', 'one'],
    ['x${A}y${B}z', 'xoneytwoz'],
    ['${A}${A}', 'oneone'],
    ['${A1_b}', 'x'],
    ['${NONE:-fallback}', 'fallback'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${A:-fallback}', 'one'],
    ['${NONE:-}', ''],
    ['${NONE:-https://x.example/y:-z}', 'https://x.example/y:-z'],
    ['$${A}', '${A}'],
    ['$${', '${'],
    ['$$${A}', '$${A}'],
    ['${NESTED}', '${A}'],
    ['${BACKREFERENCE}', "$&$1$'"],
    ['$A $ {A} }{', '$A $ {A} }{'],
    ['', ''],
  ])('T24 expands %j to %j', (template, value) => {
    expect(expand(template, { env })).toMatchObject({ ok: true, value });
  });

  it.each([
    ['${NONE}', ['the environment variable NONE is not set']],
    ['${Zq7mN4tKyWxP}', ['`${...}` seems to contain a secret instead of a variable name']],
    ['${EMPTY}', ['the environment variable EMPTY is empty']],
    [
      '${NONE} ${EMPTY} ${GONE}',
      [
        'the environment variable NONE is not set',
        'the environment variable EMPTY is empty',
        'the environment variable GONE is not set',
      ],
    ],
    ['${A${B}}', ['`${` inside `${...}` is not supported']],
    ['${A:-${B}}', ['`${` inside `${...}` is not supported']],
    ['${A', ['`${` is not closed']],
    ['${}', ['`${...}` does not contain a variable name']],
    ['${A-b}', ['`${...}` does not contain a variable name']],
    ['${A:?b}', ['`${...}` does not contain a variable name']],
    ['${ A }', ['`${...}` does not contain a variable name']],
    ['${1A}', ['`${...}` does not contain a variable name']],
    ['${toString}', ['the environment variable toString is not set']],
    ['${__proto__}', ['the environment variable __proto__ is not set']],
  ])('T24 refuses %j', (template, messages) => {
    const expansion = expand(template, { env });
    expect(expansion.ok ? [] : expansion.problems.map(({ message }) => message)).toEqual(messages);
  });
});

describe('variables that are never expanded', () => {
  it.each([
    'PAGERDUTY_TOKEN',
    'PAGERDUTY_CLIENT_SECRET',
    'GITHUB_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'CI_JOB_TOKEN',
    'SYSTEM_ACCESSTOKEN',
    'NPM_TOKEN',
    'VAULT_TOKEN',
    'pagerduty_token',
  ])('T25 refuses ${%s}, even with a default and on the list of allowed names', async (name) => {
    for (const template of [`Bearer \${${name}}`, `\${${name}:-x}`]) {
      const result = await load(withAction({ headers: { 'X-Key': template } }), {
        env: { [name]: CANARY },
        allowEnv: [name],
      });
      expect(problemsOf(result)).toEqual([expect.stringContaining(`\${${name}} is never expanded`)]);
      expect(JSON.stringify(result)).not.toContain(CANARY);
    }
  });

  it.each([
    'AUTOMATION_TOKEN',
    'AWS_REGION',
    'GITHUB_REPOSITORY',
    'CI_PROJECT_NAME',
    'MY_PAGERDUTY_TOKEN_FOR_X',
  ])('leaves %s to the author', (name) => {
    expect(isNeverExpanded(name)).toBe(false);
  });

  it('contains no name twice', () => {
    expect(new Set(NEVER_EXPANDED).size).toBe(NEVER_EXPANDED.length);
  });

  const two = withAction({ headers: { A: '${ONE}', B: '${TWO}' } });
  const both = { ONE: '1', TWO: '2' };

  it.each([
    ['--allow-env', { env: both, allowEnv: ['ONE'] }],
    ['PDACTIONS_ALLOW_ENV', { env: { ...both, PDACTIONS_ALLOW_ENV: 'OTHER, ONE' } }],
    ['the flag before the variable', { env: { ...both, PDACTIONS_ALLOW_ENV: 'TWO' }, allowEnv: ['ONE'] }],
  ])('T25 expands only what %s names', async (_name, options) => {
    expect(problemsOf(await load(two, options))).toEqual([
      expect.stringContaining('actions.a.headers.B: ${TWO} is not on the list of allowed variables'),
    ]);
  });

  it('T25 treats an empty list as a list of nothing', async () => {
    expect(problemsOf(await load(two, { env: { ...both, PDACTIONS_ALLOW_ENV: '' } }))).toHaveLength(2);
  });

  it('T25 gives the file no way to extend the list', async () => {
    const result = await load(withAction({}, { allowEnv: ['GITHUB_TOKEN'] }));
    expect(problemsOf(result)).toEqual([expect.stringContaining('unknown key "allowEnv"')]);
  });
});

describe('variables in a configuration', () => {
  it('T24 lists every missing name at once, each with its position', async () => {
    const text = `{
  "actions": {
    "a": {
      "label": "A",
      "url": "https://\${HOST}/\${PATH_}",
      "headers": { "X-Key": "\${KEY}" }
    }
  },
  "services": { "Checkout API": ["a"] }
}`;
    expect(problemsOf(await load(text, { env: { PATH_: '' } }))).toEqual([
      '5:14 actions.a.url: the environment variable HOST is not set',
      '5:14 actions.a.url: the environment variable PATH_ is empty',
      '6:29 actions.a.headers.X-Key: the environment variable KEY is not set',
    ]);
  });

  it('T24 explains references of CI systems and shells', async () => {
    const ci = await load(withAction({ headers: { 'X-A': '${{ secrets.TOK }}' } }));
    expect(problemsOf(ci)).toEqual([expect.stringContaining('workflow files of CI systems')]);
    const shell = await load(withAction({ headers: { 'X-A': 'Bearer $TOK_EN' } }));
    expect(warningsOf(shell)).toEqual([expect.stringContaining('written as `$NAME` is not expanded')]);
    expect(JSON.stringify(shell.warnings)).not.toContain('TOK_EN');
    const plain = withAction({ headers: { 'X-A': 'pa$WORD $5 $${NAME} $x' } });
    expect(warningsOf(await load(plain))).toEqual([]);
  });

  it('T24 adds no structure: a value stays one text', async () => {
    const X = 'x", "headers": { "Evil": "1" }, "y": "\\n  - z';
    const config = await configOf(withAction({ headers: { 'X-Key': '${X}' } }), { env: { X } });
    expect(config.actions.get('a')?.headers).toEqual([{ name: 'X-Key', value: X, source: '${X}' }]);
  });

  it('T24 expands a value only once', async () => {
    const config = await configOf(withAction({ headers: { 'X-Key': '${X}' } }), {
      env: { X: '${HOME}', HOME: 'h' },
    });
    expect(config.actions.get('a')?.headers?.[0]?.value).toBe('${HOME}');
  });

  it('expands nothing but url and header values, and warns of an attempt in a label', async () => {
    const result = await load(
      withAction({ label: 'Restart ${A}', description: '${A}', headers: { 'X-${A}': 'x' } }),
      { env },
    );
    expect(problemsOf(result)).toEqual([expect.stringContaining('this is not a header name')]);
    const label = await load(withAction({ label: 'Restart ${A}', description: '${A}' }), { env });
    expect(label.ok && label.config.actions.get('a')).toMatchObject({
      label: 'Restart ${A}',
      description: '${A}',
    });
    expect(warningsOf(label)).toEqual(['1:26 actions.a.label: `${...}` is not expanded in a label']);
  });

  it('keeps the unexpanded text as the source, and the value as a secret', async () => {
    const text = withAction({
      url: 'https://hooks.example.com/${P:-x}',
      headers: { Authorization: 'Bearer ${KEY}', 'X-A': 'b' },
    });
    const { actions, secrets } = await configOf(text, { env: { KEY: CANARY } });
    expect(actions.get('a')).toMatchObject({
      url: 'https://hooks.example.com/x',
      urlSource: 'https://hooks.example.com/${P:-x}',
      headers: [
        { name: 'Authorization', value: `Bearer ${CANARY}`, source: 'Bearer ${KEY}' },
        { name: 'X-A', value: 'b', source: 'b' },
      ],
    });
    expect(secrets).toEqual([CANARY, `Bearer ${CANARY}`]);
  });

  it('distinguishes missing headers from an empty list', async () => {
    expect((await configOf(withAction({}))).actions.get('a')?.headers).toBeNull();
    expect((await configOf(withAction({ headers: {} }))).actions.get('a')?.headers).toEqual([]);
  });
});
