/** Entries for lists and objects. Each rule requires its own refusal, so a rule without a message does not compile. */
import { isObject } from '../../json-fields.ts';
import type { Step } from '../parse/located.ts';
import {
  described,
  type Expected,
  type JsonSchema,
  type KeyDoc,
  type KeyRefusal,
  type KeyShape,
  refused,
  type ShapeIssue,
} from './entry.ts';

interface ListKeyOptions extends KeyDoc {
  readonly of: KeyShape;
  readonly most?: KeyRefusal & { readonly count: number };
  readonly least?: KeyRefusal & { readonly count: number };
  /** The refusal of an item that is listed twice. */
  readonly unique?: KeyRefusal;
}

const LIST: Expected = { kind: 'a list', fix: 'Put it in square brackets: `[ ... ]`.' };

/** A list. */
export function list(options: ListKeyOptions): KeyShape {
  const { of, most, least, unique } = options;
  return described(
    (value, path) => {
      if (!Array.isArray(value)) return [{ path, expected: LIST }];
      const items = value.flatMap((item, index) => of.check(item, [...path, index]));
      const isShort = value.length < (least?.count ?? 0);
      const isLong = value.length > (most?.count ?? Infinity);
      const issues = [...items, ...refused(path, isShort && least, isLong && most)];
      const isRepeated = issues.length === 0 && new Set(value).size < value.length;
      return isRepeated ? refused(path, unique) : issues;
    },
    {
      type: 'array',
      ...(least ? { minItems: least.count } : {}),
      ...(most ? { maxItems: most.count } : {}),
      items: of.schema,
      ...(unique ? { uniqueItems: true } : {}),
    },
    options,
  );
}

interface TableOptions extends KeyDoc {
  readonly example: string;
  readonly keys: KeyShape;
  readonly values: KeyShape;
  readonly most?: KeyRefusal & { readonly count: number };
}

/** An object with keys of the author's choice. The value of a refused key is not checked. */
export function table(options: TableOptions): KeyShape {
  const { example, keys, values, most } = options;
  const expected = { kind: 'an object', fix: `For example: ${example}.` };
  const checkEntry = (key: string, value: unknown, path: readonly Step[]): readonly ShapeIssue[] => {
    const ofKey = keys.check(key, path).map((issue) => ({ ...issue, ofKey: true as const }));
    return ofKey.length > 0 ? ofKey : values.check(value, path);
  };
  return described(
    (value, path) => {
      if (!isObject(value)) return [{ path, expected }];
      const entries = Object.entries(value);
      const issues = entries.flatMap(([key, each]) => checkEntry(key, each, [...path, key]));
      return [...issues, ...refused(path, entries.length > (most?.count ?? Infinity) && most)];
    },
    {
      type: 'object',
      propertyNames: keys.schema,
      additionalProperties: values.schema,
      ...(most ? { maxProperties: most.count } : {}),
    },
    options,
  );
}

interface ObjectOptions extends KeyDoc {
  readonly fix: string;
  readonly required?: Readonly<Record<string, KeyShape>>;
  readonly optional?: Readonly<Record<string, KeyShape>>;
  /** Additions for `schema.json`. */
  readonly meta?: JsonSchema;
}

/** An object with these keys and no others. */
export function object(options: ObjectOptions): KeyShape {
  const { fix, required = {}, optional = {}, meta = {} } = options;
  const entries = Object.entries({ ...required, ...optional });
  const keys = entries.map(([key]) => key);
  const expected = { kind: 'an object', fix, keys };
  return described(
    (value, path) => {
      if (!isObject(value)) return [{ path, expected }];
      const given = entries.filter(([key]) => value[key] !== undefined || Object.hasOwn(required, key));
      const issues = given.flatMap(([key, { check }]) => check(value[key], [...path, key]));
      const unknown = Object.keys(value).filter((key) => !keys.includes(key));
      return unknown.length === 0 ? issues : [...issues, { path, expected, keys: unknown }];
    },
    {
      type: 'object',
      properties: Object.fromEntries(entries.map(([key, { schema }]) => [key, schema])),
      ...(Object.keys(required).length === 0 ? {} : { required: Object.keys(required) }),
      additionalProperties: false,
      ...meta,
    },
    options,
  );
}

/** A value of one of several kinds. */
export function either(
  options: KeyDoc & { readonly kind: string; readonly fix: string; readonly of: readonly KeyShape[] },
): KeyShape {
  const { kind, fix, of } = options;
  const expected = { kind, fix };
  return described(
    (value, path) => {
      const variants = of.map(({ check }) => check(value, []));
      return variants.some(({ length }) => length === 0) ? [] : [{ path, expected, variants }];
    },
    { anyOf: of.map(({ schema }) => schema) },
    options,
  );
}
