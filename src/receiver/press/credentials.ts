/** Authenticates a press: a request must carry exactly the headers that the config gives the action (fact 44: no signature exists). */
import { createHash, timingSafeEqual } from 'node:crypto';

/** A credential that every delivery of an action carries. Only hashes are kept, which also makes all the same length (T37). */
export interface PressCredential {
  /** The header, in lower case; null for the query of the URL. */
  readonly header: string | null;
  readonly digest: Buffer;
  /** The value before a rotation, which remains valid until that is over. */
  readonly old: Buffer | null;
}

export interface JudgedSecrets {
  /** `old`: valid, with a value from before a rotation. */
  readonly judgement: 'ok' | 'old' | 'wrong' | 'ambiguous';
  /** The kind of the mismatch. */
  readonly part: 'header' | 'query';
}

/** A credential that a delivery must carry. @param header null for the query of the URL, with its question mark */
export function credential(header: string | null, value: string, old?: string): PressCredential {
  return {
    header: header?.toLowerCase() ?? null,
    digest: digestOf(value),
    old: old === undefined ? null : digestOf(old),
  };
}

/**
 * Checks that a request carries all of them. Takes the same time for every mismatch: no comparison goes byte by byte, and none ends
 * early. A repeated header is ambiguous, so it is a mismatch (T37).
 */
export function judgeCredentials(
  credentials: readonly PressCredential[],
  headers: Readonly<Record<string, readonly string[] | undefined>>,
  query: string,
): JudgedSecrets {
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

/** HTTP strips the blanks around a value. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text.trim()).digest();
}
