/** Fields of foreign JSON, whose shape is not guaranteed. */

export type Json = Readonly<Record<string, unknown>>;

/** An object that is not a list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON object; undefined if the text is not JSON, or not an object. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value of an own field; undefined without one, or if the value is not an object. */
export function fieldOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An own field that is an object; an empty object without one. */
export function objectOf(value: unknown, key: string): Json {
  const field = fieldOf(value, key);
  return isObject(field) ? field : {};
}

/** An own field that is a string; an empty string without one. */
export function textOf(value: unknown, key: string): string {
  return textOrNull(value, key) ?? '';
}

/** An own field that is a string; null without one. */
export function textOrNull(value: unknown, key: string): string | null {
  const field = fieldOf(value, key);
  return typeof field === 'string' ? field : null;
}

/** An own field that is a string or a number, as a string; empty without one. */
export function scalarOf(value: unknown, key: string): string {
  const field = fieldOf(value, key);
  return typeof field === 'number' || typeof field === 'string' ? String(field) : '';
}

/** The objects in an own field that is a list. */
export function objectsOf(value: unknown, key: string): readonly Json[] {
  const field = fieldOf(value, key);
  return Array.isArray(field) ? field.filter(isObject) : [];
}
