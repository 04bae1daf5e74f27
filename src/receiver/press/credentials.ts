/** Who may press: whoever sends the very headers that the config gives the action (fact 44: there is no signature). */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Something that every delivery of an action carries. Only its hash is kept, which also makes all of one length (T37). */
export interface Credential {
  /** The header, in small letters; null for the query of the URL. */
  readonly header: string | null;
  readonly digest: Buffer;
}

export type Judgement = 'ok' | 'wrong' | 'ambiguous';

/** What a delivery has to carry. @param header null for the query of the URL, with its question mark */
export function credential(header: string | null, value: string): Credential {
  // The blanks around a value do not survive HTTP.
  return { header: header?.toLowerCase() ?? null, digest: digestOf(value.trim()) };
}

/**
 * Whether a request carries all of them. Takes the same time whatever is wrong: nothing is compared byte by byte, and nothing ends
 * early. A header that is there twice could be read as either, so it counts as neither (T37).
 */
export function judgeCredentials(
  credentials: readonly Credential[],
  headers: Readonly<Record<string, readonly string[] | undefined>>,
  query: string,
): Judgement {
  let wrong = 0;
  let ambiguous = 0;
  for (const { header, digest } of credentials) {
    const values = header === null ? [query] : (headers[header] ?? []);
    if (values.length > 1) ambiguous += 1;
    if (!timingSafeEqual(digest, digestOf(values[0]?.trim() ?? ''))) wrong += 1;
  }
  if (ambiguous > 0) return 'ambiguous';
  return wrong > 0 ? 'wrong' : 'ok';
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
