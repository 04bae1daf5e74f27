/** The validator of the sandbox, which its files import as `z`, with the shapes that several resources have in common. */
import { boolean, string } from 'zod';

export * from 'zod';

/** An id of the account, as a seed writes it. */
export const id = string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - and _');

/** A text that is not empty. */
export const text = string().min(1, 'must not be empty');

/** Marks a record that the API would not make, and PagerDuty may have all the same (fact 58). */
export const odd = boolean().default(false);

/** The problem of a null where only an odd record may have one. */
export const ONLY_ODD = 'is null, which only a record with `"odd": true` may have';

/** The slip of a record that has no name and is not marked as odd. */
export function nullName(entry: { readonly name: string | null; readonly odd: boolean }) {
  return entry.odd || entry.name !== null ? [] : [{ at: 'name', message: ONLY_ODD }];
}
