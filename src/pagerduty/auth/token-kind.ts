/** The form of tokens: their validity and their kind (facts 17 and 64, T23). */

/** The forms of the Authorization header: API keys as `Token token=…`, OAuth access tokens as `Bearer …`. */
export const TOKEN_TYPES = ['token', 'bearer'] as const;

export type TokenType = (typeof TOKEN_TYPES)[number];

/** A token, and its form of the Authorization header. */
export interface Token {
  readonly token: string;
  readonly tokenType: TokenType;
}

/** Far longer than any token. */
export const LONGEST_TOKEN = 4096;

/** The first objection to `token`, which is never repeated; undefined for one that may be sent. */
export function whatIsWrong(token: string): string | undefined {
  if (token === '') return 'it is empty';
  if (token.length > LONGEST_TOKEN) return 'it is far too long';
  if (/^(bearer|token)\b/i.test(token)) return 'it begins with `Bearer` or `Token`';
  if (/^(?:export\s+)?[A-Z][A-Z0-9_]*=/.test(token)) return 'it begins with a variable name';
  if (/^["'].*["']$/s.test(token)) return 'it is wrapped in quotes';
  if (/[\r\n]/.test(token)) return 'it spans more than one line';
  if (/[ \t]/.test(token)) return 'it contains a space';
  return /^[\w.~+/=-]+$/.test(token) ? undefined : 'it contains characters that are not allowed in a token';
}

/** Classic OAuth tokens are 64 hexadecimal digits, newer ones begin with their region, and JWTs have dots; API keys have 20 characters. */
export function typeOf(token: string): TokenType {
  return /^[\da-fA-F]{64}$/.test(token) || /^pd(us|eu)\+/.test(token) || token.includes('.')
    ? 'bearer'
    : 'token';
}

/** True for a word that may be a token in the place of something else, so that no message repeats it (T23). */
export function mayBeToken(word: string): boolean {
  return /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w.~+=-]{18,}$/.test(word) || /^[\da-fA-F]{64}$/.test(word);
}
