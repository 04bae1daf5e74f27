/** The JSON schema of the configuration file, from the validator. */
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { configSchema } from '../src/config/keys/file.ts';

/** The path of the generated file. */
export const SCHEMA_FILE = resolve(import.meta.dirname, '../schema.json');

/** The text of `schema.json`. */
export function schemaText(): string {
  // Editors understand draft 7.
  const schema = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
  const named = { $schema: schema.$schema, $id: 'urn:pdactions:config', ...schema };
  return `${JSON.stringify(named, null, 2)}\n`;
}
