/** The right to press: a request with the very headers that the config gives the action (fact 44: no signature exists). */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Something that every delivery of an action carries. Only hashes are kept, which also makes all of one length (T37). */
export interface Credential {
  /** The header, in small letters; null for the query of the URL. */
  readonly header: string | null;
  readonly digest: Buffer;
  /** The value before a rotation, which counts too until that is over. */
  readonly old: Buffer | null;
}

export interface Judged {
  /** `old`: right, with a value from before a rotation. */
  readonly judgement: 'ok' | 'old' | 'wrong' | 'ambiguous';
  /** The kind of thing that is wrong. */
  readonly part: 'header' | 'query';
}

/** A credential that a delivery must carry. @param header null for the query of the URL, with its question mark */
export function credential(header: string | null, value: string, old?: string): Credential {
  return {
    header: header?.toLowerCase() ?? null,
    digest: digestOf(value),
    old: old === undefined ? null : digestOf(old),
  };
}

/**
 * Checks that a request carries all of them. Takes the same time whatever is wrong: no comparison goes byte by byte, and none ends
 * early. A repeated header could be read as either, so it counts as neither (T37).
 */
export function judgeCredentials(
  credentials: readonly Credential[],
  headers: Readonly<Record<string, readonly string[] | undefined>>,
  query: string,
): Judged {
  const wrong = { header: 0, query: 0 };
  let ambiguous = 0;
  let aged = 0;
  for (const { header, digest, old } of credentials) {
    const values = header === null ? [query] : (headers[header] ?? []);
    if (values.length > 1) ambiguous += 1;
    const sent = digestOf(values[0] ?? '');
    const isNow = timingSafeEqual(digest, sent);
    const wasOnce = timingSafeEqual(old ?? digest, sent);
    if (!isNow && !wasOnce) wrong[header === null ? 'query' : 'header'] += 1;
    if (!isNow && wasOnce) aged += 1;
  }
  const part = wrong.header > 0 ? 'header' : 'query';
  if (ambiguous > 0) return { judgement: 'ambiguous', part };
  if (wrong.header + wrong.query > 0) return { judgement: 'wrong', part };
  return { judgement: aged > 0 ? 'old' : 'ok', part };
}

/** The blanks around a value do not survive HTTP. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text.trim()).digest();
}
