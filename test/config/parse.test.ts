import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlain } from '../../src/config/parse/located.ts';
import { parseYaml } from '../../src/config/parse/parse.ts';
import { parseJson } from '../../src/config/parse/parse-json.ts';
import { runs } from '../helpers/runs.ts';
import { CANARY, load, loadYaml, problemsOf, withAction } from './world.ts';

const YAML = `actions:
  a:
    label: Restart
    url: https://hooks.example.com/a
services:
  Checkout API: [a]
`;

describe('JSON, strictly', () => {
  it.each([
    ['{"a":1,}', '1:7 trailing comma before `}`'],
    ['[1,\n]', '1:3 trailing comma before `]`'],
    ['{"a":1 // x\n}', '1:8 JSON does not allow comments'],
    ['# x', '1:1 JSON does not allow comments'],
    ["{'a':1}", '1:2 JSON does not allow single quotes'],
    ['{a:1}', '1:2 not valid JSON: expected a key in double quotes'],
    ['{"a" 1}', '1:6 not valid JSON: expected a colon'],
    ['{"a":1\n"b":2}', '2:1 not valid JSON: expected a comma or `}`'],
    ['{"a":tru}', '1:6 not valid JSON: expected a value'],
    ['{"a":01}', '1:7 not valid JSON: expected a comma or `}`'],
    ['{"a":NaN}', '1:6 not valid JSON: expected a value'],
    ['{"a":"x', '1:6 this is not a valid JSON string'],
    ['{"a":"x\ny"}', '1:6 this is not a valid JSON string'],
    ['{"a":"\\x41"}', '1:6 this is not a valid JSON string'],
    ['{"a":"x\ty"}', '1:8 the character U+0009 is not allowed in a JSON string'],
    ['{"a":[1', '1:8 unexpected end of file: expected a comma or `]`'],
    ['{} {}', '1:4 not valid JSON: expected the end of the file'],
  ])('refuses %j at its position', async (text, problem) => {
    expect(problemsOf(await load(text))).toEqual([problem]);
  });

  it('agrees with JSON.parse on validity and value', () => {
    const json = fc.json({ maxDepth: 5 });
    const damaged = fc
      .tuple(json, fc.nat(), fc.constantFrom(',', '"', '}', ']', ' ', '\\', '0', ':', '/', '\n', ''))
      .map(
        ([text, at, patch]) =>
          text.slice(0, at % (text.length + 1)) + patch + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(fc.oneof(json, damaged), (text) => {
        const { root } = parseJson(text);
        expect(root === undefined ? undefined : JSON.stringify(toPlain(root))).toBe(reference(text));
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('keeps positions: each part begins where reported', () => {
    const text = ' { "a" : [ 1 , "x" ] } ';
    const { root } = parseJson(text);
    expect(root).toMatchObject({
      at: 1,
      entries: [{ key: 'a', at: 3, value: { at: 9, items: [{ at: 11 }, { at: 15 }] } }],
    });
  });
});

describe('YAML, strictly', () => {
  it('gives the same value as JSON', async () => {
    const result = await loadYaml(YAML);
    expect(result).toMatchObject({
      ok: true,
      config: { actions: expect.any(Map), selections: [{ place: { line: 6, column: 3 } }] },
    });
  });

  it('reads JSON as what it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const { root } = parseYaml(text);
        if (root !== undefined) expect(JSON.stringify(toPlain(root))).toBe(reference(text));
      }),
      { numRuns: runs(500) },
    );
  });

  it.each([
    ['T16', 'a: !!js/function "x"', 'this tag is not supported'],
    ['T16', 'a: !custom x', 'this tag is not supported'],
    ['T16', 'a: !!binary aGk=', 'this tag is not supported'],
    ['T16', `${YAML}---\n${YAML}`, '7:1 the file contains several documents, separated by `---`'],
    ['T16', `%YAML 1.1\n---\n${YAML}`, '1:1 this `%` directive is not valid'],
    ['T16', 'a:\n\tb: 1', '2:1 a tab is used for indentation; YAML allows spaces only'],
    ['T16', 'a: "x', /1:6 a quote, a bracket, a comma or a space is missing here/],
    ['T16', 'a: [1', '1:6 the indentation is wrong, or a bracket is not closed'],
    ['T16', 'a: b: c', /./],
    ['T15', 'a: *none', 'this alias has no anchor before it'],
  ])('%s refuses %j', async (_row, text, problem) => {
    const found = problemsOf(await loadYaml(text));
    expect(
      found.some((line) => (typeof problem === 'string' ? line.includes(problem) : problem.test(line))),
    ).toBe(true);
  });

  it.each([
    `a: "${CANARY}`,
    `a: !!js/${CANARY} x`,
    `a: @${CANARY}`,
    `${CANARY}: [`,
    `{"a": '${CANARY}'`,
    `%${CANARY}\n---\na: 1`,
  ])('repeats nothing of %j', async (text) => {
    for (const result of [await loadYaml(text), await load(text)]) {
      expect(result.ok).toBe(false);
      expect(
        JSON.stringify(problemsOf(result).filter((line) => !line.includes('unknown key'))),
      ).not.toContain(CANARY);
    }
  });

  it('reports broken YAML once, and that a variable between braces needs quotes', () => {
    const text = 'actions:\n  a: {label: A, url: https://a.example.com/${NAME}}\nservices: {S: [a]}\n';
    expect(parseYaml(text).findings).toEqual([
      {
        at: 53,
        path: [],
        message: 'this is not valid YAML',
        fix: 'Inside { } or [ ], put strings that contain ${...} in double quotes.',
      },
    ]);
  });

  it('T15 stops an alias bomb at once', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const content = level === 0 ? '"lol"' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(9).fill(content).join(', ')}]`;
    });
    const { root, findings } = parseYaml(levels.join('\n'));
    expect(root).toBeUndefined();
    expect(findings.map(({ message }) => message)).toEqual([
      'the aliases of this file expand to more than 300,000 entries',
    ]);
    expect((await loadYaml(levels.join('\n'))).ok).toBe(false);
  });

  it('T15 does not follow an alias into itself', () => {
    for (const text of ['a: &a [*a]', '&a a: *a\nb: &b {c: [*b, *b]}']) {
      const messages = new Set(parseYaml(text).findings.map(({ message }) => message));
      expect([...messages].filter((message) => message !== 'this alias contains itself')).toEqual([]);
    }
    expect(parseYaml('a: &a [*a]').findings).toHaveLength(1);
  });

  it('T15 lets any number of services share a list', async () => {
    const more = Array.from({ length: 2_000 }, (_, index) => `  S${index}: *std\n`).join('');
    const result = await loadYaml(`${YAML.replace('[a]', '&std [a]')}${more}`);
    expect(problemsOf(result)).toEqual([]);
    expect(result.ok && result.config.selections).toHaveLength(2_001);
    expect(result.ok && result.config.selections.every(({ actionKeys }) => actionKeys[0] === 'a')).toBe(true);
  });

  it('T15 counts the expanded size of aliases, to the last part', () => {
    // One part for the document, one for each list and key, and one for each text.
    const expanding = (uses: number): string =>
      `x: &x [${Array(998).fill('a').join()}]\ny: [${Array(uses).fill('*x').join()}]\n`;
    expect(parseYaml(expanding(299)).findings).toEqual([]);
    expect(parseYaml(expanding(300)).findings).toHaveLength(1);
  });

  it('resolves an alias to the anchor before it, also if a name is reused', () => {
    const { root } = parseYaml('a: &n 1\nb: &y {c: &n 2, d: *n}\ne: &n 3\nf: *y\ng: *n\n');
    expect(root && JSON.stringify(toPlain(root))).toBe(
      '{"a":1,"b":{"c":2,"d":2},"e":3,"f":{"c":2,"d":2},"g":3}',
    );
  });

  it('ignores x-… keys at the top level only', async () => {
    const anchors = 'x-defaults: &d {anything: [1, null]}\nx-: 5\n';
    expect(problemsOf(await loadYaml(`${anchors}${YAML}`))).toEqual([]);
    expect(problemsOf(await load('{"x-note": 1, "actions": {}, "services": {}}'))).toEqual([]);
    const inside = await loadYaml(YAML.replace('  a:', '  a:\n    x-note: 1'));
    expect(problemsOf(inside)).toEqual(['3:5 actions.a.x-note: unknown key "x-note"']);
  });

  it('T15 treats << like YAML 1.2: an unknown key', async () => {
    const result = await loadYaml(`${YAML.replace('  a:', '  a:\n    <<: {label: x}')}`);
    expect(problemsOf(result)).toEqual(['3:5 actions.a["<<"]: unknown key "<<"']);
  });
});

describe('an honest mistake is one problem, with its fix', () => {
  it.each([
    ['a star', 'services:\n  *-api: [a]\n', 'Quote the string'],
    ['a second colon', 'a:\n  label: Restart: now\n', 'strings that contain a colon in double quotes'],
    ['an at sign', 'label: @team\n', 'in double quotes'],
    ['a tab', 'a:\n\tb: c\n', 'Replace the tab'],
  ])('YAML: %s', (_name, text, fix) => {
    const { findings } = parseYaml(text);
    expect(findings).toEqual([expect.objectContaining({ fix: expect.stringContaining(fix) })]);
  });

  it.each([
    ['typographic quotes', '{“a”: 1}', 'straight double quotes'],
    ['a byte order mark in the middle', '{\ufeff"a": 1}', 'Remove it'],
    ['an invisible space', '\u00a0{"a": 1}', 'Remove it'],
    ['no comma', '{"a": 1 "b": 2}', 'commas'],
    ['no quotes', '{a: 1}', 'quotes'],
  ])('JSON: %s', (_name, text, fix) => {
    const { findings } = parseJson(text);
    expect(findings).toEqual([expect.objectContaining({ fix: expect.stringContaining(fix) })]);
  });
});

describe('keys that occur twice', () => {
  it('T18 names both places, in JSON and in YAML', async () => {
    const json = `{\n  "prune": true,\n  "actions": {},\n  "services": {},\n  "prune": false\n}`;
    expect(problemsOf(await load(json))).toEqual([
      '5:3 prune: the key "prune" is already defined at line 2, column 3',
    ]);
    const yaml = 'prune: true\nactions: {}\nservices: {}\n"prune": false\n';
    expect(problemsOf(await loadYaml(yaml))).toEqual([
      '4:1 prune: the key "prune" is already defined at line 1, column 1',
    ]);
  });

  it('T18 finds them at every level, and hidden by an escape', async () => {
    const text = withAction({}).replace('"url":', '"l\\u0061bel": "x", "url":');
    expect(problemsOf(await load(text))).toEqual([
      expect.stringContaining('actions.a.label: the key "label" is already defined at'),
    ]);
  });

  it('T18 ignores the rest of package.json', async () => {
    const text = `{"x": 1, "x": 2, "pdactions": ${withAction({})}}`;
    expect((await load(text, {}, 'package.json')).ok).toBe(true);
  });
});

describe('values that are not texts', () => {
  it.each(['1e3', '0123', '0x1F', '12e7', '~', '.inf', 'null', 'true', '1_000.5', '[x]', '{a: 1}'])(
    'T19 never turns %s into a key',
    async (key) => {
      const problems = problemsOf(await loadYaml(YAML.replace('Checkout API', `? ${key}\n  `)));
      if (key === '1_000.5') expect(problems).toEqual([]);
      else
        expect(problems).toEqual([
          expect.stringMatching(/^6:5 services: this key is read as .*, not as a string$/),
        ]);
    },
  );

  it.each([
    ['1e3', 'a number'],
    ['0123', 'a number'],
    ['0x1F', 'a number'],
    ['~', 'null'],
    ['.inf', 'a number'],
    ['true', 'true'],
    ['', 'null'],
    ['[x]', 'a list'],
  ])('T19 never turns %j into a text', async (value, kind) => {
    expect(problemsOf(await loadYaml(YAML.replace('Restart', value)))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^3:\\d+ actions\\.a\\.label: this must be a string, but it is ${kind.replace(/[()]/g, '\\$&')}$`,
        ),
      ),
    ]);
    const inList = problemsOf(await loadYaml(YAML.replace('[a]', `["a", ${value || '~'}]`)));
    expect(inList[0]).toMatch(/^6:\d+ services\["Checkout API"\]\[1\]: this must be a string/);
  });

  it.each(['id:P1/../../users', 'id:1e3', 'id:p123', 'id:', 'id: P123', 'id:PÄ', `id:${'P'.repeat(33)}`])(
    'T19 refuses the id in %j',
    async (selector) => {
      const text = withAction({}, { services: { [selector]: ['a'] } });
      expect(problemsOf(await load(text))).toEqual([expect.stringContaining('is not a PagerDuty id')]);
    },
  );
});

function reference(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}
