/** The form of tokens: what can be one, and of which kind it is (fact 17, T23). */

/** Far more than any token has. */
export const LONGEST_TOKEN = 4096;

/** The first objection to `token`, which is never repeated; undefined for one that may be sent. */
export function whatIsWrong(token: string): string | undefined {
  if (token === '') return 'it is empty';
  if (token.length > LONGEST_TOKEN) return 'it is far too long';
  if (/^(bearer|token)\b/i.test(token)) return 'it begins with the name of a scheme';
  if (/^(?:export\s+)?[A-Z][A-Z0-9_]*=/.test(token)) return 'it begins with the name of a variable';
  if (/^["'].*["']$/s.test(token)) return 'it is in quotes';
  if (/[\r\n]/.test(token)) return 'it has more than one line';
  if (/[ \t]/.test(token)) return 'there is a space in it';
  return /^[\w.~+/=-]+$/.test(token) ? undefined : 'it contains characters that no token has';
}

/** OAuth access tokens begin with the region's mark or are JWTs; API keys are 20 characters without a dot. */
export function isOAuth(token: string): boolean {
  return /^pd(us|eu)\+/.test(token) || token.includes('.');
}

/** True for a word that may be a token, given in the place of something else: it is not to be repeated (T23). */
export function mayBeToken(word: string): boolean {
  return /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w.~+=-]{18,}$/.test(word);
}
