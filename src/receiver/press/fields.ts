import type { Json } from '../../json-fields.ts';

/**
 * The sender of an event controls its details. `JSON.parse` accepts any depth, but code that traverses the result, such as
 * `JSON.stringify` and most scripts, runs out of stack at some thousands of levels.
 */
const DEEPEST = 100;
const LEFT_OUT = '(left out: nested too deeply)';

/** A copy with a limited depth. */
export function shallow(message: Json): Json {
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, cut(value, DEEPEST)]));
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return LEFT_OUT;
  if (Array.isArray(value)) return value.map((item) => cut(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member, levels - 1)]));
}
