/**
 * Writes `schema.json`, the JSON schema of the configuration file, from the validator. With `--check` it only says whether the file
 * is up to date (exit 1 when not).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { configSchema } from '../src/config/keys/file.ts';

/** Where the generated file stands. */
export const SCHEMA_FILE = resolve(import.meta.dirname, '../schema.json');

/** What `schema.json` must contain. */
export function schemaText(): string {
  // Draft 7 is what editors understand.
  const schema = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function main(args: readonly string[]): number {
  const wanted = schemaText();
  if (!args.includes('--check')) {
    writeFileSync(SCHEMA_FILE, wanted);
    return 0;
  }
  if (readFileSync(SCHEMA_FILE, 'utf8') === wanted) return 0;
  console.error('schema.json is out of date: run `node scripts/run-ts.mjs scripts/generate-schema.ts`');
  return 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2));
