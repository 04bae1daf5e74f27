/** Entries for single values. Each rule requires its own refusal, so a rule without a message does not compile. */
import { described, type Expected, type KeyDoc, type KeyRefusal, type KeyShape, refused } from './entry.ts';

const TEXT: Expected = {
  kind: 'a string',
  fix: 'Put it in double quotes.',
  single: 'Write a single string, in double quotes.',
};

/** A text; with a pattern, and its refusal. */
export function text(
  options: KeyDoc & { readonly rule?: KeyRefusal & { readonly is: RegExp } } = {},
): KeyShape {
  const { rule } = options;
  return described(
    (value, path) => {
      if (typeof value !== 'string') return [{ path, expected: TEXT }];
      return rule?.is.test(value) === false ? refused(path, rule) : [];
    },
    { type: 'string', ...(rule ? { pattern: rule.is.source } : {}) },
    options,
  );
}

/** A name of the author's choice, by a pattern. */
export function keyText(
  options: KeyDoc & { readonly is: RegExp; readonly refuse: (key: string) => KeyRefusal },
): KeyShape {
  const { is, refuse } = options;
  return described(
    (key, path) => (is.test(String(key)) ? [] : refused(path, refuse(String(key)))),
    { type: 'string', pattern: is.source },
    options,
  );
}

/** A text of limited length. */
export function sizedText(
  options: KeyDoc & { readonly rule: KeyRefusal & { readonly least: number; readonly most?: number } },
): KeyShape {
  const { rule } = options;
  const { least, most } = rule;
  return described(
    (value, path) => {
      if (typeof value !== 'string') return [{ path, expected: TEXT }];
      return refused(path, (value.length < least || value.length > (most ?? Infinity)) && rule);
    },
    { type: 'string', minLength: least, ...(most === undefined ? {} : { maxLength: most }) },
    options,
  );
}

const FLAG: Expected = { kind: 'true or false', fix: 'Write true or false, without quotes.' };

/** True or false. */
export function flag(options: KeyDoc): KeyShape {
  return described(
    (value, path) => (typeof value === 'boolean' ? [] : [{ path, expected: FLAG }]),
    { type: 'boolean' },
    options,
  );
}

const WHOLE_NUMBER: Expected = { kind: 'a whole number', fix: 'Write a whole number, without quotes.' };

/** A whole number in a range. */
export function wholeNumber(
  options: KeyDoc & { readonly rule: KeyRefusal & { readonly least: number; readonly most: number } },
): KeyShape {
  const { rule } = options;
  const { least, most } = rule;
  return described(
    (value, path) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value))
        return [{ path, expected: WHOLE_NUMBER }];
      return refused(path, (value < least || value > most) && rule);
    },
    { type: 'integer', minimum: least, maximum: most },
    options,
  );
}

/** One of several words. */
export function choice(
  options: KeyDoc & { readonly rule: KeyRefusal & { readonly of: readonly unknown[] } },
): KeyShape {
  const { rule } = options;
  return described(
    (value, path) => refused(path, !rule.of.includes(value) && rule),
    { type: 'string', enum: rule.of },
    options,
  );
}
