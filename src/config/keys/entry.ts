/**
 * Builds the schema of one key from one entry: its rule, its refusal message, an example, and the description for editors. Each rule
 * requires its own refusal, so a rule without a message does not compile.
 */
import * as z from 'zod/mini';

// One document is checked per run, so generated code would cost more than it saves, and it needs `eval`.
z.config({ jitless: true });

/** The problem of a value of the right kind, and the fix. */
export interface KeyRefusal {
  readonly message: string;
  readonly fix: string;
}

/** The kind of value that a place accepts, for messages about another kind. */
export interface Expected {
  /** As the end of "this must be …". */
  readonly kind: string;
  readonly fix: string;
  /** The fix if an object or a list is in the place of a single value. */
  readonly single?: string;
  /** The known keys of the object. */
  readonly keys?: readonly string[];
}

/** A refusal that depends on its key. */
type RefusalFor = KeyRefusal | ((key: string) => KeyRefusal);

/** One key of the file: a schema with its messages. */
export type KeyShape = z.ZodMiniType;

const expectations = new Map<string, Expected>();
const refusals = new Map<string, RefusalFor>();

/** The validator reports the text given to a rule. That text is a numbered token, and these maps have the messages by token. */
function expecting(expected: Expected): string {
  const token = `expected ${expectations.size}`;
  expectations.set(token, expected);
  return token;
}

function refusing(refusal: RefusalFor): string {
  const token = `refused ${refusals.size}`;
  refusals.set(token, refusal);
  return token;
}

interface KeyDoc {
  /** For editors and the docs; absent on parts of a key. */
  readonly doc?: string;
}

/** Describes it in the registry: a check that describes would copy the whole schema. */
function described(schema: KeyShape, { doc }: KeyDoc, extra: object = {}): KeyShape {
  if (doc === undefined && Object.keys(extra).length === 0) return schema;
  return schema.register(z.globalRegistry, { ...extra, ...(doc === undefined ? {} : { description: doc }) });
}

/** A text; with a pattern, and its refusal. */
export function text(
  options: KeyDoc & { readonly rule?: KeyRefusal & { readonly is: RegExp } } = {},
): KeyShape {
  const schema = z.string(
    expecting({
      kind: 'a string',
      fix: 'Put it in double quotes.',
      single: 'Write a single string, in double quotes.',
    }),
  );
  const { rule } = options;
  return described(rule ? schema.check(z.regex(rule.is, refusing(rule))) : schema, options);
}

/** A key with a name of the author's choice, by a pattern. */
export function keyText(options: KeyDoc & { readonly is: RegExp; readonly refuse: RefusalFor }): KeyShape {
  return described(z.string().check(z.regex(options.is, refusing(options.refuse))), options);
}

/** A text of limited length. */
export function sizedText(
  options: KeyDoc & { readonly rule: KeyRefusal & { readonly least: number; readonly most?: number } },
): KeyShape {
  const { rule } = options;
  const refusal = refusing(rule);
  const most = rule.most === undefined ? [] : [z.maxLength(rule.most, refusal)];
  return described((text() as z.ZodMiniString).check(z.minLength(rule.least, refusal), ...most), options);
}

/** True or false. */
export function flag(options: KeyDoc): KeyShape {
  const kind = 'true or false';
  return described(z.boolean(expecting({ kind, fix: 'Write true or false, without quotes.' })), options);
}

/** A whole number in a range. */
export function wholeNumber(
  options: KeyDoc & { readonly rule: KeyRefusal & { readonly least: number; readonly most: number } },
): KeyShape {
  const { rule } = options;
  const refusal = refusing(rule);
  const schema = z.int(expecting({ kind: 'a whole number', fix: 'Write a whole number, without quotes.' }));
  return described(schema.check(z.gte(rule.least, refusal), z.lte(rule.most, refusal)), options);
}

/** One of several words. */
export function choice(
  options: KeyDoc & { readonly rule: KeyRefusal & { readonly of: string[] } },
): KeyShape {
  return described(z.enum(options.rule.of, refusing(options.rule)), options);
}

interface ListKeyOptions extends KeyDoc {
  readonly of: KeyShape;
  readonly most?: KeyRefusal & { readonly count: number };
  readonly least?: KeyRefusal & { readonly count: number };
  /** The refusal of an item that is listed twice. */
  readonly unique?: KeyRefusal;
}

/** A list. */
export function list(options: ListKeyOptions): KeyShape {
  const { of, most, least, unique } = options;
  const schema = z.array(of, expecting({ kind: 'a list', fix: 'Put it in square brackets: `[ ... ]`.' }));
  const checks = [
    ...(least ? [z.minLength(least.count, refusing(least))] : []),
    ...(most ? [z.maxLength(most.count, refusing(most))] : []),
    ...(unique
      ? [z.refine<unknown[]>((items) => new Set(items).size === items.length, refusing(unique))]
      : []),
  ];
  return described(schema.check(...checks), options, unique ? { uniqueItems: true } : {});
}

interface TableOptions extends KeyDoc {
  readonly example: string;
  readonly keys: KeyShape;
  readonly values: KeyShape;
  readonly most?: KeyRefusal & { readonly count: number };
}

/** An object with keys of the author's choice. */
export function table(options: TableOptions): KeyShape {
  const { example, keys, values, most } = options;
  const schema = z.record(
    keys as z.ZodMiniString,
    values,
    expecting({ kind: 'an object', fix: `For example: ${example}.` }),
  );
  if (!most) return described(schema, options);
  const fits = (value: object): boolean => Object.keys(value).length <= most.count;
  return described(schema.check(z.refine(fits, refusing(most))), options, { maxProperties: most.count });
}

interface ObjectOptions extends KeyDoc {
  readonly fix: string;
  readonly required?: Readonly<Record<string, KeyShape>>;
  readonly optional?: Readonly<Record<string, KeyShape>>;
  /** Additions for `schema.json`. */
  readonly meta?: object;
}

/** An object with these keys and no others. */
export function object({ fix, required = {}, optional = {}, ...rest }: ObjectOptions): KeyShape {
  const keys = [...Object.keys(required), ...Object.keys(optional)];
  const open = Object.entries(optional).map(([key, entry]) => [key, z.optional(entry)]);
  const shape = { ...required, ...Object.fromEntries(open) };
  return described(z.strictObject(shape, expecting({ kind: 'an object', fix, keys })), rest, rest.meta);
}

/** A value of one of several kinds. */
export function either(
  options: KeyDoc & { readonly kind: string; readonly fix: string; readonly of: readonly KeyShape[] },
): KeyShape {
  const { kind, fix, of } = options;
  return described(z.union([...of], expecting({ kind, fix })), options);
}

/** One objection of the validator in our own words, because its message may repeat a value. */
export interface ShapeIssue {
  readonly path: readonly (string | number)[];
  /** The value is of another kind, or missing. */
  readonly expected?: Expected | undefined;
  readonly refusal?: KeyRefusal | undefined;
  /** The refusal is about the last key of the path, not about its value. */
  readonly ofKey?: true | undefined;
  /** Unknown keys of an object. */
  readonly keys?: readonly string[] | undefined;
  /** The objections of each variant of a union. */
  readonly variants?: readonly (readonly ShapeIssue[])[] | undefined;
}

/** Every difference between a plain value and an entry. */
export function issuesOf(entry: KeyShape, plain: unknown): ShapeIssue[] {
  const result = z.safeParse(entry, plain);
  return result.success ? [] : result.error.issues.map(toIssue);
}

function toIssue(issue: z.core.$ZodIssue): ShapeIssue {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const expected = expectations.get(issue.message);
  if (issue.code === 'invalid_key') {
    return { path, refusal: refusalOf(issue.issues[0]?.message, String(path.at(-1))), ofKey: true };
  }
  if (issue.code === 'unrecognized_keys') return { path, expected, keys: issue.keys };
  if (issue.code !== 'invalid_union') {
    return expected ? { path, expected } : { path, refusal: refusalOf(issue.message, '') };
  }
  return { path, expected, variants: issue.errors.map((variant) => variant.map(toIssue)) };
}

function refusalOf(token: string | undefined, key: string): KeyRefusal {
  const refusal = refusals.get(token ?? '');
  if (refusal === undefined) throw new Error('a rule of the schema has no words of its own');
  return typeof refusal === 'function' ? refusal(key) : refusal;
}
