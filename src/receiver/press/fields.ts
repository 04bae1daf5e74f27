/** Fields of JSON that others have written. */

export type Json = Readonly<Record<string, unknown>>;

/** An object, and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in an own field; empty without one. */
export function objectOf(value: Json, key: string): Json {
  const found = fieldOf(value, key);
  return isObject(found) ? found : {};
}

/** The text in an own field; empty without one. */
export function textOf(value: Json, key: string): string {
  const found = fieldOf(value, key);
  return typeof found === 'string' ? found : '';
}

/** A text or a number in an own field as text; empty without one. */
export function scalarOf(value: Json, key: string): string {
  const found = fieldOf(value, key);
  return typeof found === 'number' || typeof found === 'string' ? String(found) : '';
}

/** The objects of a list in an own field. */
export function objectsOf(value: Json, key: string): readonly Json[] {
  const found = fieldOf(value, key);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

function fieldOf(value: Json, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Whoever sends an event chooses its details. `JSON.parse` takes any depth, but whatever walks through it afterwards, `JSON.stringify` and
 * most scripts among it, runs out of stack at some thousands of levels.
 */
const DEEPEST = 100;
const LEFT_OUT = '(left out: nested too deeply)';

/** A copy that is nowhere too deep. */
export function shallow(message: Json): Json {
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, cut(value, DEEPEST)]));
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return LEFT_OUT;
  if (Array.isArray(value)) return value.map((one) => cut(one, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cut(one, levels - 1)]));
}
