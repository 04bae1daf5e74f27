import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigChange, type ConfigFormat, editConfig } from '../../src/config/edit/edit.ts';
import { toPlain } from '../../src/config/parse/located.ts';
import { parseYaml } from '../../src/config/parse/parse.ts';
import { parseJson } from '../../src/config/parse/parse-json.ts';
import { runs } from '../helpers/runs.ts';

const add = (selector: string, key = 'new'): ConfigChange => ({ kind: 'add', key, selector });
const remove = (selector: string, key = 'a', keepsEntry = false): ConfigChange => ({
  kind: 'remove',
  key,
  selector,
  keepsEntry,
});
const define = (key = 'new'): ConfigChange => ({
  kind: 'define',
  key,
  definition: { label: 'Go: now', url: 'https://a.example.com/x', headers: { Authorization: 'Bearer ${T}' } },
});

const YAML = `# The buttons.
actions:
  a: # first
    label: "A"
    url: 'https://a.example.com'   # where

  b: {label: B, url: https://b.example.com}
# Which services
services:
  Checkout API: [a]   # keep
  "web-*":
    # on purpose
    - b
    - a # last

  team:X:
    actions: [ a, b ]
    prune: true
prune: false
`;

const changed = (text: string, change: ConfigChange, format: ConfigFormat = 'yaml'): string => {
  const edited = editConfig(text, format, [change]);
  if (edited === undefined) throw new Error('it cannot be changed');
  return edited;
};

/** Replaces one place of the text. */
const but = (text: string, from: string, to: string): string => {
  if (text.split(from).length !== 2) throw new Error(`${from} is not there once`);
  return text.replace(from, () => to);
};

describe('a YAML config keeps everything else when', () => {
  it.each<[string, ConfigChange, string, string]>([
    ['adds a key to a list in brackets', add('Checkout API'), '[a]   # keep', '[a, new]   # keep'],
    ['adds a key to a list of lines', add('web-*'), '    - a # last', '    - a # last\n    - new'],
    ['adds a key to an entry with its own prune', add('team:X'), '[ a, b ]', '[ a, b, new ]'],
    ['adds a service', add('id:PX1'), '    prune: true\n', '    prune: true\n  id:PX1: [new]\n'],
    [
      'adds a service with an odd name',
      add('a: #b'),
      '    prune: true\n',
      '    prune: true\n  "a: #b": [new]\n',
    ],
    [
      'adds a definition',
      define(),
      'https://b.example.com}',
      'https://b.example.com}\n  new:\n    label: "Go: now"\n    url: https://a.example.com/x\n    headers:\n      Authorization: Bearer ${T}',
    ],
    ['removes a key from brackets', remove('team:X'), '[ a, b ]', '[ b ]'],
    ['removes the last key from brackets', remove('team:X', 'b'), '[ a, b ]', '[ a ]'],
    ['removes a key from lines', remove('web-*', 'b'), '    - b\n', ''],
    ['removes the last line of a list', remove('web-*', 'a'), '    - a # last\n', ''],
    ['removes a service with its last key', remove('Checkout API'), '  Checkout API: [a]   # keep\n', ''],
    ['keeps a service without keys', remove('Checkout API', 'a', true), '[a]   # keep', '[]   # keep'],
    [
      'removes a definition',
      { kind: 'undefine', key: 'b' },
      '  b: {label: B, url: https://b.example.com}\n',
      '',
    ],
  ])('%s', (_, change, from, to) => {
    expect(changed(YAML, change)).toBe(but(YAML, from, to));
  });

  it('it is empty', () => {
    const text = 'actions:\n    a: {label: A, url: u}\n';
    expect(changed(text, add('X', 'a'))).toBe(`${text.trimEnd()}\nservices:\n    X: [a]\n`);
    expect(changed('actions: {}\nservices: {}', define())).toContain('actions: { new: {');
    expect(changed('actions: {}\nservices: {}', add('X', 'a'))).toContain('services: { X: [a] }');
  });

  it('the only line of a list or a map goes', () => {
    expect(changed('services:\n  X:\n    - a\nprune: true\n', remove('X', 'a', true))).toBe(
      'services:\n  X: []\nprune: true\n',
    );
    expect(changed('services:\n  X:\n    - a\nprune: true\n', remove('X'))).toBe(
      'services: {}\nprune: true\n',
    );
  });

  it('its lines end with CR LF, or the last one with nothing', () => {
    const text = 'services:\r\n  X: [a]\r\n  Y:\r\n  - a';
    expect(changed(text, add('Y'))).toBe(`${text}\r\n  - new`);
    expect(changed(text, add('Z'))).toBe(`${text}\r\n  Z:\r\n    - new`);
    expect(changed(text, remove('X'))).toBe('services:\r\n  Y:\r\n  - a');
  });
});

const JSON_TEXT = `{
    "actions": {
        "a": { "label": "A", "url": "https://a.example.com" }
    },
    "services": {
        "9": ["a"],
        "Checkout API": ["b", "a"],
        "web-*": [
            "a",
            "b"
        ]
    }
}
`;

describe('a JSON config keeps indentation and order when', () => {
  it.each<[string, ConfigChange, string, string]>([
    ['adds a key to a list on one line', add('9'), '"9": ["a"]', '"9": ["a", "new"]'],
    ['adds a key to a list of lines', add('web-*'), '"b"\n', '"b",\n            "new"\n'],
    ['removes a key from lines', remove('web-*'), '\n            "a",\n            "b"', '\n            "b"'],
    ['removes a service', remove('9'), '"9": ["a"],\n        ', ''],
    [
      'adds a service',
      add('0'),
      '"b"\n        ]',
      '"b"\n        ],\n        "0": [\n            "new"\n        ]',
    ],
    [
      'adds a definition',
      define(),
      'a.example.com" }\n',
      `a.example.com" },
        "new": {
            "label": "Go: now",
            "url": "https://a.example.com/x",
            "headers": {
                "Authorization": "Bearer \${T}"
            }
        }
`,
    ],
  ])('%s', (_, change, from, to) => {
    expect(changed(JSON_TEXT, change, 'json')).toBe(but(JSON_TEXT, from, to));
  });

  it('it is the part of a manifest', () => {
    const text = '{"name": "x", "pdactions": {"services": {"X": ["a"]}}, "version": "1"}';
    expect(changed(text, add('X'), 'package')).toBe(text.replace('["a"]', '["a", "new"]'));
    expect(changed(text, add('Y'), 'package')).toBe(text.replace('["a"]', '["a"], "Y": ["new"]'));
  });
});

describe('a config that is not changed', () => {
  it.each<[string, string, ConfigChange]>([
    ['a list behind an alias', 'x-l: &l [a]\nservices:\n  X: *l\n', add('X')],
    ['a list that others share', 'services:\n  X: &l [a]\n  Y: *l\n', add('X')],
    ['services behind an alias', 'x-s: &s {X: [a]}\nservices: *s\n', add('Y')],
    ['a broken file', 'services:\n  X: [a\n', add('X')],
    ['two documents', 'services: {X: [a]}\n---\n{}\n', add('X')],
    ['a document that is not a map', '- a\n', add('X')],
  ])('because of %s', (_, text, change) => {
    expect(editConfig(text, 'yaml', [change])).toBeUndefined();
  });
});

describe('property: edits', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'a',
      'web-*',
      'id:PX',
      'true',
      '1',
      "it's",
      'a: b',
      '#x',
      'Checkout API',
      'ü',
      '- x',
      '"',
      '[x]',
      '{',
      '&a',
      '*b',
      '!t',
      '%',
      '@',
      ' x ',
    ),
    fc
      .string({ minLength: 1, maxLength: 6 })
      .filter((text) => !/^(?:__proto__|constructor|prototype)$/.test(text)),
  );
  const services = fc.uniqueArray(fc.tuple(name, fc.uniqueArray(name, { maxLength: 2 })), {
    maxLength: 4,
    selector: ([key]) => key,
  });
  const style = fc.constantFrom('pretty', 'wide', 'compact', 'flow', 'block');

  function written(
    entries: readonly (readonly [string, readonly string[]])[],
    how: string,
  ): [string, ConfigFormat] {
    const document = { actions: { z: { label: 'Z' } }, services: Object.fromEntries(entries), prune: true };
    if (how === 'pretty') return [JSON.stringify(document, null, 2), 'json'];
    if (how === 'wide') return [JSON.stringify(document, null, '\t'), 'json'];
    if (how === 'compact') return [JSON.stringify(document), 'json'];
    const rows = entries.map(([key, list]) => {
      const items = list.map((item) => JSON.stringify(item));
      if (how === 'flow' || items.length === 0)
        return `  ${JSON.stringify(key)}: [${items.join(', ')}] # c\n`;
      return `  ${JSON.stringify(key)}: # c\n${items.map((item) => `  - ${item}\n`).join('')}\n`;
    });
    const all = rows.length === 0 ? 'services: {} # none\n' : `services:\n${rows.join('')}`;
    return [`# top\nactions:\n  z: {label: Z}\n${all}prune: true\n`, 'yaml'];
  }

  it('an added key can be removed again, and the text is the same as before', () => {
    fc.assert(
      fc.property(services, style, name, name, (entries, how, selector, key) => {
        const [text, format] = written(entries, how);
        if (entries.some(([own, list]) => own === selector && list.includes(key))) return;
        const there = entries.some(([own]) => own === selector);
        const added = editConfig(text, format, [add(selector, key)]);
        const read = (one: string) => {
          const { root, findings } = format === 'yaml' ? parseYaml(one) : parseJson(one);
          expect(findings).toEqual([]);
          return JSON.stringify(root && toPlain(root));
        };
        expect(added).toBeDefined();
        if (added === undefined) return;
        expect(read(added)).toContain(JSON.stringify(key));
        const back = editConfig(added, format, [remove(selector, key, there)]);
        expect(back).toBeDefined();
        expect(read(back ?? '')).toBe(read(text));
        for (const comment of text.match(/# .*/g) ?? []) expect(back).toContain(comment);
      }),
      { numRuns: runs(500) },
    );
  });
});
