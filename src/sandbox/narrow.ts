/** Narrows values from outside. */

/** True if `value` is a JSON object: not an array, not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under `key`; undefined unless `value` is an object with one. */
export function textOf(value: unknown, key: string): string | undefined {
  const field = isObject(value) ? value[key] : undefined;
  return typeof field === 'string' ? field : undefined;
}

/** The `code` of an error of Node's, for example `ENOENT`; undefined for any other value. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? textOf(error, 'code') : undefined;
}

/** `JSON.parse` accepts any depth, but stored values must be written again, which runs out of stack at some thousands of levels. */
const DEEPEST = 500;

/** `text` as JSON, or undefined if it is not JSON, or nested too deeply. An empty text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isWithin(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isWithin(member, levels - 1));
}

/** An object without the entries whose value is undefined. */
export function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, entry]) => entry !== undefined),
  ) as unknown as Partial<T>;
}
