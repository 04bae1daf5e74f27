/**
 * The result of checking one value. The same checks serve the configuration file, the flags and the prompts.
 *
 * No message, fix or warning may repeat the value, or any part of it that could be a secret (I8).
 */
export type Check =
  | { readonly ok: true; readonly value: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** The value can be used as it is. */
export function accept(value: string, warnings: readonly string[] = []): Check {
  return { ok: true, value, warnings };
}

/** The value cannot be used. */
export function refuse(message: string, fix: string): Check {
  return { ok: false, message, fix };
}

/** A character as it may be shown in a message, whatever it is: `U+202E`. */
export function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
