import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigResult } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { withoutCuts } from '../../src/cut.ts';
import { CANARY, configOf, load, loadYaml, problemsOf, repository, warningsOf, withAction } from './world.ts';

/** The keys of a file, as published. */
const KEYS: readonly string[] = Object.keys(
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../../schema.json'), 'utf8')).properties,
);

/** Each problem with its fix. */
function fixesOf(result: ConfigResult): (readonly [problem: string, fix: string | undefined])[] {
  const fixes = result.ok ? [] : result.problems.map(({ fix }) => fix);
  return problemsOf(result).map((problem, index) => [problem, fixes[index]]);
}

describe('a value of the wrong kind', () => {
  const valid = { actions: { a: { label: 'A', url: 'https://h.example.com/' } }, services: { X: ['a'] } };
  const action = (more: object) => ({ ...valid, actions: { a: { ...valid.actions.a, ...more } } });

  it.each([
    ['services', { ...valid, services: ['X'] }, '{ "Checkout API": ["restart-server"] }'],
    ['one service', { ...valid, services: { X: 'a' } }, '["restart-server"]'],
    ['actions', { ...valid, actions: [] }, '"restart-server": {'],
    ['an action', { ...valid, actions: { a: 'x' } }, '{ "label": "Restart Server", "url"'],
    [
      'an action with the key headers',
      { ...valid, actions: { headers: 'x' } },
      '{ "label": "Restart Server", "url"',
    ],
    ['headers', action({ headers: [] }), '{ "Authorization": "Bearer ${NAME}" }'],
    ['a header', action({ headers: { 'X-A': null } }), 'remove the key'],
    ['a label', action({ label: ['A'] }), 'a single string'],
    ['a handler', action({ handler: 'x' }), '"command"'],
    ['prune', { ...valid, prune: 'yes' }, 'true or false'],
    ['extends', { ...valid, extends: 1 }, '"../shared/actions.json"'],
    ['the file', [], '{ "actions": ..., "services": ... }'],
  ])('%s: the fix shows how to write it', async (_name, document, fix) => {
    expect(fixesOf(await load(JSON.stringify(document)))[0]?.[1]).toContain(fix);
  });

  it("is one problem: the services' actions are not checked then", async () => {
    expect(warningsOf(await load(JSON.stringify({ ...valid, services: ['X'] })))).toEqual([]);
  });
});

describe('loadConfig', () => {
  it('reads a complete configuration', async () => {
    const text = `{
  "$schema": "./schema.json",
  "account": "acme",
  "region": "eu",
  "actions": {
    "restart": { "label": "Restart Server", "url": "https://hooks.example.com/r", "description": "d", "renamedFrom": "Reboot" },
    "page": { "label": "Page", "url": "https://hooks.example.com/p", "renamedFrom": ["Call", "Ring"] }
  },
  "services": {
    "Checkout API": ["restart", "page"],
    "id:PIJ90N7": { "actions": [], "prune": true },
    "team:Payments": ["page"],
    "web-*": []
  },
  "prune": true
}`;
    const file = 'pdactions.config.json';
    expect(await configOf(text)).toEqual({
      file,
      files: [{ file, role: 'config', actions: 2, selections: 4 }],
      account: 'acme',
      region: 'eu',
      prune: true,
      actions: new Map([
        [
          'restart',
          {
            key: 'restart',
            label: 'Restart Server',
            url: 'https://hooks.example.com/r',
            headers: null,
            renamedFrom: ['Reboot'],
            description: 'd',
            place: { file, line: 6, column: 5 },
          },
        ],
        [
          'page',
          {
            key: 'page',
            label: 'Page',
            url: 'https://hooks.example.com/p',
            headers: null,
            renamedFrom: ['Call', 'Ring'],
            description: undefined,
            place: { file, line: 7, column: 5 },
          },
        ],
      ]),
      selections: [
        {
          selector: { kind: 'name', text: 'Checkout API', name: 'Checkout API' },
          actionKeys: ['restart', 'page'],
          prune: undefined,
          filePrune: true,
          place: { file, line: 10, column: 5 },
        },
        {
          selector: { kind: 'id', text: 'id:PIJ90N7', id: 'PIJ90N7' },
          actionKeys: [],
          prune: true,
          filePrune: true,
          place: { file, line: 11, column: 5 },
        },
        {
          selector: { kind: 'team', text: 'team:Payments', team: 'Payments' },
          actionKeys: ['page'],
          prune: undefined,
          filePrune: true,
          place: { file, line: 12, column: 5 },
        },
        {
          selector: { kind: 'glob', text: 'web-*', pattern: 'web-*' },
          actionKeys: [],
          prune: undefined,
          filePrune: true,
          place: { file, line: 13, column: 5 },
        },
      ],
      secrets: [],
    });
  });

  it('collects every problem of a file, in order, each with position and path', async () => {
    const text = `{
  "acount": "acme",
  "region": "de",
  "actions": {
    "restart server": { "label": "A", "url": "https://hooks.example.com/" },
    "b": { "lable": "B", "url": "http://hooks.example.com/", "headers": { "Host": "x", "X-Key": 1 } },
    "c": { "label": 5, "url": "https://hooks.example.com/\${GONE}" }
  },
  "services": {
    "Checkout API": ["b", "d", "c", "b"],
    "id:nope": { "action": ["b"] },
    "web-*": "b"
  },
  "prune": "yes"
}`;
    expect(problemsOf(await load(text))).toEqual([
      '2:3 acount: unknown key "acount"',
      '3:13 region: unknown region',
      '5:5 actions["restart server"]: this is not a valid action key',
      '6:12 actions.b.lable: unknown key "lable"',
      '6:33 actions.b.url: the URL uses http://: incidents would be sent unencrypted',
      '6:83 actions.b.headers.Host: the header Host is reserved: PagerDuty sets it on each delivery',
      '6:97 actions.b.headers.X-Key: this must be a string, but it is a number',
      '7:21 actions.c.label: this must be a string, but it is a number',
      '7:31 actions.c.url: the environment variable GONE is not set',
      '10:21 services["Checkout API"]: more than three actions for one service',
      '10:27 services["Checkout API"][1]: unknown action "d"',
      '11:5 services["id:nope"]: `nope` is not a PagerDuty id: capital letters and digits only, for example id:PIJ90N7; to select a service named `id:nope`, use its id',
      '11:18 services["id:nope"].action: unknown key "action"',
      '12:14 services["web-*"]: this must be a list of action keys, or an object with "actions" and "prune", but it is a string',
      '14:12 prune: this must be true or false, but it is a string',
    ]);
  });

  it('explains how to write a value of another kind', async () => {
    const text = '{ "actions": { "a": { "label": null, "url": 1 } }, "services": 1, "prune": "yes" }';
    expect(fixesOf(await load(text)).map(([, fix]) => fix)).toEqual([
      'Add a value, or remove the key.',
      'Put it in double quotes.',
      'For example: { "Checkout API": ["restart-server"] }.',
      'Write true or false, without quotes.',
    ]);
  });

  it('suggests the intended name', async () => {
    const text = `{
  "actoins": {},
  "actions": { "restart": { "label": "A", "url": "https://hooks.example.com/", "head": {}, "name": "x" } },
  "services": { "A": ["restrat"], "B": { "actions": ["restart"], "prun": true } },
  "dryRun": true
}`;
    expect(fixesOf(await load(text))).toEqual([
      ['2:3 actoins: unknown key "actoins"', 'Did you mean "actions"?'],
      ['3:80 actions.restart.head: unknown key "head"', 'Did you mean "headers"?'],
      ['3:92 actions.restart.name: unknown key "name"', 'Did you mean "label"?'],
      ['4:23 services.A[0]: unknown action "restrat"', 'Did you mean "restart"?'],
      ['4:66 services.B.prun: unknown key "prun"', 'Did you mean "prune"?'],
      ['5:3 dryRun: unknown key "dryRun"', `Allowed keys: ${KEYS.join(', ')}.`],
    ]);
  });

  it('treats a misspelt key as one problem, and a missing key as another', async () => {
    const url = 'https://hooks.example.com/';
    const actions = {
      a: { lable: 'A', url },
      b: { titel: 'B', url },
      c: { url, foo: 1 },
      d: { name: 'D', url },
    };
    const result = await load(JSON.stringify({ actions, services: { A: ['a', 'b', 'c'], B: ['d'] } }));
    expect(problemsOf(result).map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'actions.a.lable: unknown key "lable"',
      'actions.b.label: "label" is missing',
      'actions.b.titel: unknown key "titel"',
      'actions.c.label: "label" is missing',
      'actions.c.foo: unknown key "foo"',
      'actions.d.name: unknown key "name"',
    ]);
  });

  it.each(['[]', '"x"', '1', 'true'])('refuses the document %s', async (text) => {
    expect(problemsOf(await load(text))).toEqual([
      expect.stringMatching(/^1:1 this must be an object, but it is /),
    ]);
  });

  it.each([
    ['ACME', 'this is not a valid subdomain'],
    ['https://acme.pagerduty.com', 'this is not a valid subdomain'],
    ['${ACCOUNT}', 'this is not a valid subdomain'],
    ['', 'this is not a valid subdomain'],
  ])('refuses the account %j', async (account, message) => {
    expect(problemsOf(await load(withAction({}, { account })))).toEqual([
      expect.stringContaining(`account: ${message}`),
    ]);
  });

  it('T13 refuses more than three actions for one service', async () => {
    const action = (label: string) => ({ label, url: 'https://hooks.example.com/' });
    const actions = { a: action('A'), b: action('B'), c: action('C'), d: action('D') };
    const services = {
      One: ['a', 'b', 'c', 'd'],
      Two: { actions: ['a', 'b', 'c', 'd'] },
      Three: ['a', 'b', 'c'],
    };
    expect(problemsOf(await load(JSON.stringify({ actions, services })))).toEqual([
      expect.stringContaining('services.One: more than three actions for one service'),
      expect.stringContaining('services.Two.actions: more than three actions for one service'),
    ]);
  });

  it('refuses an action that is listed twice', async () => {
    expect(problemsOf(await load(withAction({}, { services: { A: ['a', 'a'] } })))).toEqual([
      expect.stringContaining('services.A: an action is listed twice'),
    ]);
  });

  it('warns of unused actions, and of former labels that are in use', async () => {
    const text = `{
  "actions": {
    "a": { "label": "A", "url": "https://hooks.example.com/a" },
    "b": { "label": "B", "url": "https://hooks.example.com/b", "renamedFrom": "A" }
  },
  "services": { "Checkout API": ["b"] }
}`;
    expect(warningsOf(await load(text))).toEqual([
      '3:5 actions.a: no service uses this action',
      '4:5 actions.b.renamedFrom: "a" has this label now',
    ]);
  });

  it('refuses more than ten former labels', async () => {
    const labels = Array.from({ length: 11 }, (_, index) => `Label ${index}`);
    expect(problemsOf(await load(withAction({ renamedFrom: labels })))).toEqual([
      expect.stringContaining('more than ten former labels'),
    ]);
  });

  it('refuses a former label that equals the label', async () => {
    const result = await load(withAction({ renamedFrom: 'Restart Server' }));
    expect(problemsOf(result)).toEqual([
      expect.stringContaining('actions.a.renamedFrom: the former label is the same as the current one'),
    ]);
    expect(warningsOf(result)).toEqual([]);
  });

  it('warns of a selector that resembles another kind', async () => {
    const text = withAction({}, { services: { 'ID:PIJ90N7': ['a'] } });
    expect(warningsOf(await load(text))).toEqual([
      expect.stringContaining('selects a service with exactly this name'),
    ]);
  });

  it('warns of a credential in the file, and hides it nevertheless', async () => {
    const result = await load(withAction({ headers: { Authorization: `Bearer ${CANARY}` } }));
    expect(warningsOf(result)).toEqual([expect.stringContaining('looks secret is written in the file')]);
    expect(result.ok && result.config.secrets).toEqual([`Bearer ${CANARY}`]);
    expect(JSON.stringify(result.warnings)).not.toContain(CANARY);
  });

  it.each([
    { headers: { 'Bearer hunter22': 'Authorization' } },
    { headers: { 'Authorization: Zq7mN4tKyWxP': 'x' } },
    { headers: { Authorization: 'Bearer ${Zq7mN4tKyWxP}' } },
  ])('T28: does not repeat a secret in the place of a name: %j', async (action) => {
    const result = await load(withAction(action));
    expect(problemsOf(result)).toEqual([expect.stringContaining('actions.a.headers')]);
    expect(JSON.stringify(result)).not.toMatch(/hunter22|Zq7mN4tKyWxP/);
  });

  it('hides a header value that looks random, whatever the name of the header', async () => {
    const result = await load(withAction({ headers: { 'X-Hook': 'Zq7mN4tKyWxP', 'X-Env': 'production' } }));
    expect(result.ok && result.config.secrets).toEqual(['Zq7mN4tKyWxP']);
    const open = {
      url: 'http://a.example.com/',
      headers: { 'X-Hook': 'Zq7mN4tKyWxP' },
      allowInsecureUrl: true,
    };
    expect(problemsOf(await load(withAction(open)))).toEqual([
      expect.stringContaining('secrets would be sent unencrypted over http://'),
    ]);
  });

  it.each<[string, string[]]>([
    [
      `https://a.example.com/x?svc=web&token=${CANARY}`,
      ['the parameter `token`, which looks secret, is written in the file'],
    ],
    [
      `https://a.example.com/x?code=${CANARY}`,
      ['the parameter `code`, which looks secret, is written in the file'],
    ],
    ['https://a.example.com/x?key=on&monkey&keyboard=', []],
    ['https://a.example.com/x?token=${SECRET}', []],
    [`https://a.example.com/x#token=${CANARY}`, ['after # is never sent']],
  ])('warns of a credential in the query of %s', async (url, expected) => {
    const result = await load(withAction({ url }), { env: { SECRET: CANARY } });
    expect(warningsOf(result)).toEqual(expected.map((text) => expect.stringContaining(text)));
    expect(JSON.stringify(result.warnings)).not.toContain(CANARY);
  });

  it('takes a login without a password from the environment', async () => {
    const text = withAction({ url: 'https://${LOGIN}@a.example.com/' });
    for (const LOGIN of ['u:p', 'u:', 'u', ':p'])
      expect(problemsOf(await load(text, { env: { LOGIN } }))).toEqual([]);
    expect(
      problemsOf(
        await load(withAction({ url: 'https://${LOGIN}:secret@a.example.com/' }), { env: { LOGIN: 'u' } }),
      ),
    ).toEqual([expect.stringContaining('in plain text')]);
  });
});

describe('hostile documents', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('T14 refuses the key %s everywhere', async (key) => {
    const json = `{
  "${key}": { "polluted": true },
  "actions": {
    "${key}": { "label": "A", "url": "https://hooks.example.com/" },
    "a": { "label": "B", "url": "https://hooks.example.com/", "${key}": {}, "headers": { "${key}": "x" } }
  },
  "services": { "${key}": ["a"], "A": { "actions": ["a"], "${key}": { "prune": true } } }
}`;
    for (const result of [await load(json), await loadYaml(json)]) {
      const unknown = problemsOf(result).filter((line) => line.includes(`unknown key "${key}"`));
      const places = unknown.map((line) => line.split(' ')[0]);
      expect(new Set(places)).toEqual(
        new Set(['2:3', '4:5', '5:63', `5:${84 + key.length}`, '7:17', `7:${53 + key.length}`]),
      );
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('T14 an action key can mean nothing else', async () => {
    expect(problemsOf(await load(withAction({}, { services: { A: ['toString'] } })))).toEqual([
      expect.stringContaining('unknown action "toString"'),
    ]);
  });

  it.each([
    ['apiUrl', '--api-url'],
    ['baseUrl', '--api-url'],
    ['api_url', '--api-url'],
    ['proxy', 'HTTPS_PROXY'],
    ['httpsProxy', 'HTTPS_PROXY'],
    ['tls', 'NODE_EXTRA_CA_CERTS'],
    ['rejectUnauthorized', 'NODE_EXTRA_CA_CERTS'],
    ['token', 'PAGERDUTY_TOKEN'],
    ['apiKey', 'PAGERDUTY_TOKEN'],
  ])('T26 rejects %s, and lists the known keys', async (key, instead) => {
    const result = await load(withAction({}, { [key]: `https://evil.example/${CANARY}` }));
    expect(fixesOf(result)).toEqual([
      [expect.stringContaining(`${key}: unknown key "${key}"`), expect.stringContaining(instead)],
    ]);
    expect(JSON.stringify(result)).not.toContain(CANARY);
  });

  it.each([
    [
      'JSON, 200,000 levels of lists',
      'json',
      '['.repeat(200_000) + ']'.repeat(200_000),
      /nested more than 64/,
    ],
    ['JSON, 100,000 levels of objects', 'json', '{"a":'.repeat(100_000), /nested more than 64/],
    [
      'YAML, 200,000 levels in brackets',
      'yaml',
      '['.repeat(200_000) + ']'.repeat(200_000),
      /nested more than 64/,
    ],
    ['YAML, 200,000 levels of lists', 'yaml', '- '.repeat(200_000), /nested more than 64/],
    ['YAML, 200,000 complex keys', 'yaml', '? '.repeat(200_000), /nested more than 64/],
    ['YAML, 1,000 levels by indentation', 'yaml', deepIndentation(1_000), /nested more than 64/],
    [
      'an action by a name of almost 1 MB',
      'json',
      withAction({}, { services: { A: ['x'.repeat(990_000)] } }),
      /unknown action/,
    ],
    ['a label of almost 1 MB', 'json', withAction({ label: 'x'.repeat(990_000) }), /1 to 255 characters/],
    [
      'a header name of almost 1 MB',
      'json',
      withAction({ headers: { ['x'.repeat(990_000)]: 'x' } }),
      /longer than 128/,
    ],
    [
      'a URL of almost 1 MB',
      'json',
      withAction({ url: `https://${'x'.repeat(990_000)}` }),
      /longer than 2048/,
    ],
    [
      'a template of almost 1 MB',
      'json',
      withAction({ url: '${X:-'.repeat(190_000) }),
      /not supported|never closed/,
    ],
    ['a key of almost 1 MB', 'yaml', `${'x'.repeat(990_000)}: 1`, /./],
  ])('T13 handles %s', async (_name, extension, text, message) => {
    const result = await load(text, {}, `pdactions.config.${extension}`);
    expect(problemsOf(result)[0]).toMatch(message);
    expect(withoutCuts(JSON.stringify(problemsOf(result).slice(0, 5))).length).toBeLessThan(2_000);
  });

  it('T13 accepts 64 levels for a document, and gives the other problems of a deeper one', async () => {
    const text = `${'['.repeat(60)}${']'.repeat(60)}`;
    for (const result of [await load(text), await loadYaml(text)]) {
      expect(problemsOf(result)).toEqual(['1:1 this must be an object, but it is a list']);
    }
  });

  it('T02 refuses half a surrogate pair anywhere', async () => {
    const text = withAction({ description: 'x' }).replace('"x"', '"\\ud800"').replace('Checkout', '\\udc00');
    const places = problemsOf(await load(text));
    expect(places).toHaveLength(2);
    expect(places.every((line) => line.includes('an unpaired surrogate'))).toBe(true);
  });
});

describe('the example', () => {
  it('can be used unchanged, without any variable and without a warning', async () => {
    const root = resolve(import.meta.dirname, '../..');
    const text = readFileSync(join(root, 'pdactions.config.example.json'), 'utf8');
    const cwd = repository({ 'pdactions.config.json': text });
    const result = await loadConfig({ cwd, env: {}, strict: true });
    expect(problemsOf(result)).toEqual([]);
    expect(warningsOf(result)).toEqual([]);
    expect(result?.ok && [...result.config.actions.values()].map(({ label }) => label)).toEqual([
      'Restart Server',
      'Add Diagnostics',
      'Revert Last Commit',
      'Update Status Page',
    ]);
    expect(result).toMatchObject({ config: { account: 'acme', prune: false } });
  });

  it('posts to another host if a variable says so', async () => {
    const root = resolve(import.meta.dirname, '../..');
    const text = readFileSync(join(root, 'pdactions.config.example.json'), 'utf8');
    const env = { AUTOMATION_URL: 'http://127.0.0.1:4041', AUTOMATION_TOKEN: CANARY };
    const config = await configOf(text, { env });
    expect(config.actions.get('restart-server')).toMatchObject({
      url: 'http://127.0.0.1:4041/pagerduty/restart-server',
      headers: [{ value: `Bearer ${CANARY}` }],
    });
    expect(config.actions.get('restart-server')?.urlSource).toMatch(/^\$\{AUTOMATION_URL:-/);
  });
});

describe('the start-up budget', () => {
  it('loads no library before it is needed', () => {
    const room = resolve(import.meta.dirname, '../../src/config');
    const seen = new Set<string>();
    const libraries: string[] = [];
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, 'utf8');
      for (const [statement = '', target = ''] of text.matchAll(
        /^(?:import|export)\s[^;]*?from\s+'([^']+)';/gm,
      )) {
        if (/^(?:import|export)\s+type\s/.test(statement) || target.startsWith('node:')) continue;
        if (target.startsWith('.')) visit(resolve(dirname(file), target));
        else libraries.push(`${relative(room, file)}: ${target}`);
      }
    };
    for (const file of ['load-config.ts', 'check/url.ts', 'check/header.ts', 'check/label.ts'])
      visit(join(room, file));
    expect(libraries).toEqual([]);
    expect(seen.size).toBeGreaterThan(8);
  });
});

function deepIndentation(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
}
