/**
 * The entry of one key of the config: its rules, with a refusal for each, and its description for editors. `values.ts` and
 * `collections.ts` make them.
 *
 * Zod, the validator of the sandbox, would need several milliseconds to prepare 45 entries, and most commands read the config. Its messages
 * also have no place for a fix.
 */
import type { Step } from '../parse/located.ts';

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

/** One difference between a value and an entry. */
export interface ShapeIssue {
  readonly path: readonly Step[];
  /** The value is of another kind, or missing. */
  readonly expected?: Expected | undefined;
  readonly refusal?: KeyRefusal | undefined;
  /** The refusal is about the last key of the path, not about its value. */
  readonly ofKey?: true | undefined;
  /** Unknown keys of an object. */
  readonly keys?: readonly string[] | undefined;
  /** The issues of each variant, with paths from the value. */
  readonly variants?: readonly (readonly ShapeIssue[])[] | undefined;
}

/** JSON Schema of draft 7, as far as the entries need it. */
export interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** One key of the file. */
export interface KeyShape {
  /** Every difference between a plain value and the entry. A missing value is undefined. */
  readonly check: (value: unknown, path: readonly Step[]) => readonly ShapeIssue[];
  /** The same rules for editors. */
  readonly schema: JsonSchema;
}

export interface KeyDoc {
  /** For editors and the docs; absent on parts of a key. */
  readonly doc?: string;
}

/** The entry with its description. */
export function described(check: KeyShape['check'], schema: JsonSchema, { doc }: KeyDoc): KeyShape {
  return { check, schema: doc === undefined ? schema : { ...schema, description: doc } };
}

/** An issue for each refusal that applies. */
export function refused(path: readonly Step[], ...refusals: readonly (KeyRefusal | false | undefined)[]) {
  return refusals.flatMap((refusal) => (refusal ? [{ path, refusal }] : []));
}
