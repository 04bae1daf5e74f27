import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { packageFile } from './package-file.ts';
import { openPendingFile } from './write-file.ts';

const NAME = 'pdactions.schema.json';

/** The reference of a generated config to its schema: a file beside it, which editors load without the package. */
export const SCHEMA_REFERENCE = `./${NAME}`;

/** The schema as a file beside a config; none if a file of that name exists, which stays unchanged. */
export async function schemaBeside(
  config: string,
  cwd: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const path = join(dirname(config), NAME);
  return existsSync(resolve(cwd, path)) ? [] : [{ path, text: await packageFile('schema.json') }];
}

/** Writes the schema beside a config, unless it exists. @throws LocalIoError */
export async function writeSchemaBeside(config: string, { cwd }: Pick<Context, 'cwd'>): Promise<void> {
  for (const { path, text } of await schemaBeside(config, cwd)) {
    await (await openPendingFile(path, cwd, 0o644)).commit(text);
  }
}

/**
 * The reference for a config on standard output, which probably goes into a file here: a schema that this folder has. Null without
 * one, because an editor reports a schema that it cannot load as an error.
 */
export function schemaHere(cwd: string): string | null {
  const places = [SCHEMA_REFERENCE, './node_modules/pdactions/schema.json'];
  return places.find((path) => existsSync(resolve(cwd, path))) ?? null;
}
