/**
 * The result of checking one value. The configuration file, the flags and the prompts share the checks.
 *
 * No message, fix or warning may repeat the value, or any part of it that could be a secret (I8).
 */
export type CheckedText =
  | { readonly ok: true; readonly value: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** The value is valid as it is. */
export function accept(value: string, warnings: readonly string[] = []): CheckedText {
  return { ok: true, value, warnings };
}

/** The value is invalid. */
export function refuse(message: string, fix: string): CheckedText {
  return { ok: false, message, fix };
}

/** Any character in a printable form for messages: `U+202E`. */
export function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
