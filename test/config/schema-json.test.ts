import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCHEMA_FILE, schemaText } from '../../scripts/generate-schema.ts';
import { checkShape } from '../../src/config/keys/file.ts';
import { runs } from '../helpers/runs.ts';

// A schema expresses "one of these two keys" by `anyOf` with only `required`.
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')));

const ACTION = { label: 'A', url: 'https://h.example.com/' };

/** The document with the value set or removed at a path. */
function replaced(path: readonly string[], value: unknown): unknown {
  const document = {
    $schema: './schema.json',
    account: 'acme',
    region: 'us',
    extends: ['./base.json'],
    actions: {
      a: { ...ACTION, headers: { 'X-A': 'b' }, renamedFrom: ['B'], description: 'd', fingerprint: true },
    },
    services: { A: ['a'], B: { actions: ['a'], prune: true } },
    prune: false,
    fingerprint: false,
  };
  let node = document as Record<string, unknown>;
  for (const step of path.slice(0, -1)) node = node[step] as Record<string, unknown>;
  const last = path.at(-1);
  if (last !== undefined && value === undefined) delete node[last];
  else if (last !== undefined) node[last] = value;
  return document;
}

const PATHS: readonly (readonly string[])[] = [
  [],
  ['$schema'],
  ['account'],
  ['region'],
  ['extends'],
  ['actions'],
  ['actions', 'a'],
  ['actions', 'b'],
  ['actions', 'a b'],
  ['actions', ''],
  ['actions', 'a', 'label'],
  ['actions', 'a', 'url'],
  ['actions', 'a', 'headers'],
  ['actions', 'a', 'headers', 'X-B'],
  ['actions', 'a', 'headers', 'X B'],
  ['actions', 'a', 'headers', 'Ü'],
  ['actions', 'a', 'renamedFrom'],
  ['actions', 'a', 'description'],
  ['actions', 'a', 'allowInsecureUrl'],
  ['actions', 'a', 'allowIdn'],
  ['actions', 'a', 'fingerprint'],
  ['actions', 'a', 'allowUnicodeControls'],
  ['actions', 'a', 'unknown'],
  ['services'],
  ['services', 'A'],
  ['services', ''],
  ['services', 'B', 'actions'],
  ['services', 'B', 'prune'],
  ['services', 'B', 'unknown'],
  ['prune'],
  ['fingerprint'],
  ['unknown'],
];

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1.5,
  '',
  'a',
  'us',
  'ACME',
  'https://x.example.com/',
  'x'.repeat(255),
  'x'.repeat(256),
  '😀'.repeat(255),
  '😀'.repeat(256),
  [],
  ['a'],
  ['a', 'b', 'c'],
  ['a', 'b', 'c', 'd'],
  ['a', 'a'],
  [1],
  Array.from({ length: 11 }, (_, index) => `L${index}`),
  {},
  { a: ACTION },
  { actions: ['a'] },
  { actions: ['a'], prune: 1 },
  { 'X-C': 'd' },
  { 'X-C': 1 },
  ACTION,
  { ...ACTION, headers: { a: 'b' } },
];

function agree(document: unknown): void {
  const shape = checkShape(document);
  const isValid = validate(document);
  expect({ document, valid: shape.length === 0 }, JSON.stringify({ shape, ajv: validate.errors })).toEqual({
    document,
    valid: isValid,
  });
}

describe('schema.json', () => {
  it('equals the schema of the validator', () => {
    expect(readFileSync(SCHEMA_FILE, 'utf8'), 'run: npm run generate').toBe(schemaText());
  });

  it('describes every key, for editors', () => {
    const schema = JSON.parse(schemaText());
    const action = schema.properties.actions.additionalProperties;
    for (const properties of [schema.properties, action.properties]) {
      for (const [key, value] of Object.entries(properties)) expect(value, key).toHaveProperty('description');
    }
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });

  it.each(PATHS.map((path) => [path.join('.') || 'the document', path] as const))(
    'agrees with the validator on %s',
    (_name, path) => {
      for (const value of VALUES) agree(path.length === 0 ? value : replaced(path, value));
    },
  );

  it('agrees with the validator on the number of actions', () => {
    const many = (count: number) => ({
      actions: Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, ACTION])),
      services: {},
    });
    agree(many(1_000));
    agree(many(1_001));
    expect(validate(many(1_000))).toBe(true);
    expect(validate(many(1_001))).toBe(false);
  });

  it('agrees with the validator on two changes at a time', () => {
    const change = fc.tuple(fc.constantFrom(...PATHS.slice(1)), fc.constantFrom(...VALUES));
    fc.assert(
      fc.property(change, change, ([path, value], [otherPath, otherValue]) => {
        const document = replaced(path, value) as Record<string, unknown>;
        const [top = ''] = otherPath;
        if (otherPath.length === 1 && otherValue !== undefined) document[top] = otherValue;
        agree(document);
      }),
      { seed: 7, numRuns: runs(1_000) },
    );
  });
});
