/** The JSON schemas of the documentation. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

const DOCS = resolve(import.meta.dirname, '../../docs');

export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** A schema of the documentation: `plan`, or the name of a file in docs/schemas. */
export function readSchema(name: string): JsonSchema {
  const file = name === 'plan' ? 'plan.schema.json' : `schemas/${name}.schema.json`;
  return JSON.parse(readFileSync(resolve(DOCS, file), 'utf8'));
}

// One for all: each compiles the schema of schemas anew.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false });
formats.default(ajv);

/** Compiles a schema, or a part of one with the definitions of the whole. */
export function validatorOf(schema: JsonSchema, part: JsonSchema = schema): ValidateFunction {
  return ajv.compile(part === schema ? schema : { ...part, definitions: schema.definitions });
}
