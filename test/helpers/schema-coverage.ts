/** Records the parts of a schema that documents have covered. */
import type { ValidateFunction } from 'ajv';
import { type JsonSchema, validatorOf } from './schemas.ts';

const list = (value: unknown): readonly JsonSchema[] => (Array.isArray(value) ? value : []);

/**
 * Follows documents through a schema. A part is: a present member, an absent optional member, each alternative, and each type of a
 * nullable value.
 */
export class SchemaCoverage {
  readonly #schema: JsonSchema;
  readonly #expected = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #validators = new Map<JsonSchema, ValidateFunction>();

  constructor(schema: JsonSchema) {
    this.#schema = schema;
    this.#expect(schema, '', new Set());
  }

  /** Adds a document that matches the schema. */
  add(document: unknown): void {
    this.#visit(this.#schema, document, '');
  }

  /** The parts that no document has covered, sorted. */
  missing(): readonly string[] {
    return [...this.#expected].filter((part) => !this.#seen.has(part)).sort();
  }

  #expect(schema: JsonSchema, path: string, known: Set<string>): void {
    if (typeof schema.$ref === 'string') {
      if (known.has(schema.$ref)) return;
      known.add(schema.$ref);
      this.#expect(this.#definition(schema.$ref), schema.$ref, known);
      return;
    }
    for (const [index, one] of this.#alternatives(schema).entries()) {
      this.#expected.add(`${path}|${index}`);
      this.#expect(one, `${path}|${index}`, known);
    }
    if (Array.isArray(schema.type)) for (const type of schema.type) this.#expected.add(`${path}:${type}`);
    if (schema.items) this.#expect(schema.items as JsonSchema, `${path}[]`, known);
    for (const [name, one] of this.#members(schema)) {
      this.#expected.add(`${path}.${name}`);
      if (!this.#isRequired(schema, name)) this.#expected.add(`${path}.${name} absent`);
      this.#expect(one, `${path}.${name}`, known);
    }
  }

  #visit(schema: JsonSchema, value: unknown, path: string): void {
    if (typeof schema.$ref === 'string') {
      this.#visit(this.#definition(schema.$ref), value, schema.$ref);
      return;
    }
    for (const [index, one] of this.#alternatives(schema).entries()) {
      if (!this.#fits(one, value)) continue;
      this.#seen.add(`${path}|${index}`);
      this.#visit(one, value, `${path}|${index}`);
    }
    const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    this.#seen.add(`${path}:${type}`);
    if (type === 'number') this.#seen.add(`${path}:integer`);
    if (Array.isArray(value)) {
      if (schema.items) for (const item of value) this.#visit(schema.items as JsonSchema, item, `${path}[]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of this.#members(schema)) {
        const isThere = Object.hasOwn(value, name);
        this.#seen.add(`${path}.${name}${isThere ? '' : ' absent'}`);
        if (isThere) this.#visit(one, (value as Record<string, unknown>)[name], `${path}.${name}`);
      }
    }
  }

  #alternatives(schema: JsonSchema): readonly JsonSchema[] {
    return [...list(schema.anyOf), ...list(schema.oneOf)];
  }

  #members(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
    return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  }

  #isRequired(schema: JsonSchema, name: string): boolean {
    return ((schema.required ?? []) as readonly string[]).includes(name);
  }

  #definition(reference: string): JsonSchema {
    const found = this.#schema.definitions?.[reference.replace('#/definitions/', '')];
    if (!found) throw new Error(`the schema has no ${reference}`);
    return found;
  }

  #fits(part: JsonSchema, value: unknown): boolean {
    const validate = this.#validators.get(part) ?? validatorOf(this.#schema, part);
    this.#validators.set(part, validate);
    return validate(value) === true;
  }
}
