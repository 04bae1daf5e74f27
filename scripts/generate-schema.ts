/** The JSON schema of the configuration file, from the entries of its keys. */
import { resolve } from 'node:path';
import { configSchema } from '../src/config/keys/file.ts';

/** The path of the generated file. */
export const SCHEMA_FILE = resolve(import.meta.dirname, '../schema.json');

/** The text of `schema.json`. */
export function schemaText(): string {
  // Editors understand draft 7.
  const draft = 'http://json-schema.org/draft-07/schema#';
  const named = { $schema: draft, $id: 'urn:pdactions:config', ...configSchema.schema };
  return `${JSON.stringify(named, null, 2)}\n`;
}
