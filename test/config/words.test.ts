import { describe, expect, it } from 'vitest';
import { KNOWN_KEYS } from '../../src/config/keys/file.ts';
import { sample } from '../helpers/runs.ts';
import { load, loadYaml, problemsOf } from './world.ts';

const ACTION = { label: 'Restart', url: 'https://h.example.com/' };
const WRONG: readonly unknown[] = [
  null,
  1,
  true,
  '',
  'x',
  [],
  [1],
  ['a', 'a'],
  ['a', 'b', 'c', 'd'],
  {},
  { a: 1 },
];

/** The problems as messages, each with its fix. */
async function words(document: unknown): Promise<string[]> {
  const result = await load(JSON.stringify(document));
  return result.ok ? [] : result.problems.map(({ path, message, fix }) => `${path}: ${message} → ${fix}`);
}

const PLACES: Readonly<Record<string, (name: string, value: unknown) => unknown>> = {
  'a service': (name, value) => ({ actions: { a: ACTION }, services: { S: ['a'], [name]: value } }),
  'the actions of a service': (name, value) => ({
    actions: { a: ACTION },
    services: { S: ['a'], [name]: { actions: value } },
  }),
  'an action': (name, value) => ({ actions: { a: ACTION, [name]: value }, services: { S: ['a'] } }),
  'the handler of an action': (name, value) => ({
    actions: { [name]: { ...ACTION, handler: value } },
    services: { S: [name] },
  }),
  'a header': (name, value) => ({
    actions: { a: { ...ACTION, headers: { [name]: value } } },
    services: { S: ['a'] },
  }),
};

describe('the wording of a problem depends on its position, whatever names the author uses', () => {
  const names = [...new Set(Object.values(KNOWN_KEYS).flat())].filter((name) => /^[a-zA-Z]+$/.test(name));
  it.each(Object.entries(PLACES))('%s named like a key', async (_place, documentFor) => {
    for (const value of WRONG) {
      const usual = await words(documentFor('QQQQ', value));
      for (const name of sample(names)) {
        const expected = usual.map((line) => line.replaceAll('QQQQ', name));
        expect(await words(documentFor(name, value)), name).toEqual(expected);
      }
    }
  });

  it.each(['url', 'label', 'account', 'region', 'renamedFrom', 'actions'])(
    'four actions, or one twice, on the service %s',
    async (name) => {
      const document = (keys: string[]) => ({ actions: { a: ACTION }, services: { [name]: keys } });
      expect(await words(document(['a', 'a']))).toEqual([
        `services.${name}: an action is listed twice → List each action once.`,
      ]);
      expect((await words(document(['a', 'a', 'a', 'a'])))[0]).toBe(
        `services.${name}: more than three actions for one service → A service has three slots; list at most three actions.`,
      );
    },
  );

  it.each([
    [{ account: 'ACME!' }, 'account: this is not a valid subdomain'],
    [{ region: 'mars' }, 'region: unknown region'],
    [{ extends: [] }, 'extends: this is not a valid list of files'],
    [{ actions: { a: { ...ACTION, url: '' } } }, 'actions.a.url: the URL is empty'],
    [{ actions: { a: { ...ACTION, label: '' } } }, 'actions.a.label: a label must have 1 to 255 characters'],
    [
      { actions: { a: { ...ACTION, renamedFrom: [''] } } },
      'actions.a.renamedFrom[0]: a label must have 1 to 255 characters',
    ],
    [
      { actions: { a: { ...ACTION, renamedFrom: Array.from({ length: 11 }, (_, index) => `L${index}`) } } },
      'actions.a.renamedFrom: more than ten former labels',
    ],
    [
      { actions: { a: { ...ACTION, handler: { command: [] } } } },
      'actions.a.handler.command: this is not a valid command',
    ],
    [
      { actions: { a: { ...ACTION, handler: { command: ['x'], env: ['1'] } } } },
      'actions.a.handler.env[0]: this is not a valid list of variables',
    ],
    [
      { actions: { a: { ...ACTION, handler: { command: ['x'], timeout: 0 } } } },
      'actions.a.handler.timeout: this is not a valid time limit',
    ],
    [
      { actions: { a: { ...ACTION, handler: { command: ['x'], note: 'x' } } } },
      'actions.a.handler.note: unknown value',
    ],
  ])('%j', async (change, problem) => {
    const result = await load(JSON.stringify({ actions: { a: ACTION }, services: { S: ['a'] }, ...change }));
    expect(problemsOf(result).map((line) => line.replace(/^\S+ /, ''))).toEqual([problem]);
  });
});

describe('one cause is one problem', () => {
  const ONE = 'a: {label: A, url: "https://h.example.com/"}';
  it.each([
    [
      'a mistyped "actions"',
      `action: {${ONE}}\nservices: {S: [a], T: [a]}`,
      '1:1 action: unknown key "action"',
    ],
    ['no "actions"', 'services: {S: [a], T: [a]}', '1:1 actions: "actions" is missing'],
    [
      'actions of the wrong kind',
      'actions: []\nservices: {S: [a], T: [b]}',
      '1:10 actions: this must be an object, but it is a list',
    ],
    [
      'a list of the wrong kind, as long as four actions',
      `actions: {${ONE}}\nservices: {S: {actions: many}, T: [a]}`,
      '2:25 services.S.actions: this must be a list, but it is a string',
    ],
    [
      'an empty list as a URL',
      'actions: {a: {label: A, url: []}}\nservices: {S: [a]}',
      '1:30 actions.a.url: this must be a string, but it is a list',
    ],
    [
      'too many actions, one of them twice',
      `actions: {${ONE}}\nservices: {S: [a, a, a, a]}`,
      '2:15 services.S: more than three actions for one service',
    ],
    [
      'a reserved name as an action',
      `actions: {${ONE}, __proto__: {label: B, url: "https://h.example.com/"}}\nservices: {S: [a], T: [__proto__]}`,
      '1:57 actions.__proto__: unknown key "__proto__": this name is reserved',
    ],
    [
      'a reserved name beside other keys',
      'actions: {a: {label: A, url: "https://h.example.com/", constructor: 1}}\nservices: {S: [a]}',
      '1:56 actions.a.constructor: unknown key "constructor": this name is reserved',
    ],
    [
      'an alias without anchor as an action',
      'actions: {a: *x}\nservices: {S: [a]}',
      '1:14 actions.a: this alias has no anchor before it',
    ],
    [
      'an alias without anchor as services',
      `actions: {${ONE}}\nservices: {S: *x}`,
      '2:15 services.S: this alias has no anchor before it',
    ],
    [
      'a mistake in an anchor',
      `x-s: &s [a, a]\nactions: {${ONE}}\nservices: {S: *s, T: *s, U: {actions: *s}}`,
      '1:9 services.S: an action is listed twice',
    ],
    [
      'a mistake in the anchor of an action',
      'x-a: &a {label: 5, url: "https://h.example.com/"}\nactions: {a: *a, b: *a}\nservices: {S: [a], T: [b]}',
      '1:17 actions.a.label: this must be a string, but it is a number',
    ],
  ])('%s', async (_name, text, problem) => {
    const result = await loadYaml(text);
    expect(problemsOf(result)).toEqual([problem]);
    expect(result.warnings).toEqual([]);
  });
});
