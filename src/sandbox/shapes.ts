/** The validator of the sandbox, which its files import as `z`, with the shapes that several resources share. */
import { en } from 'zod/locales';
import * as z from 'zod/mini';

export * from 'zod/mini';

/** The small zod has no messages. Passed to each check, because the client has messages of its own. */
const IN_ENGLISH = { error: en().localeError };

/** Checks a value against a schema. @returns the parsed value, or the issues */
export function check<Schema extends z.core.$ZodType>(schema: Schema, value: unknown) {
  return z.safeParse(schema, value, IN_ENGLISH);
}

/** An id of the account, as a seed writes it. */
export const id = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - and _'));

/** A text that is not empty. */
export const text = z.string().check(z.minLength(1, 'must not be empty'));

/** Marks a record that the API would not make, but PagerDuty may have nevertheless (fact 58). */
export const odd = z._default(z.boolean(), false);

/** The problem of a null that only an odd record may have. */
export const ONLY_ODD = 'can be null only in a record with `"odd": true`';

/** The problem of a record that has no name and is not marked as odd. */
export function nullName(entry: { readonly name: string | null; readonly odd: boolean }) {
  return entry.odd || entry.name !== null ? [] : [{ at: 'name', message: ONLY_ODD }];
}
