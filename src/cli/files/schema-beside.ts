import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { packageFile } from './package-file.ts';

const NAME = 'pdactions.schema.json';

/** How a generated config names its schema: a file beside it, which editors load without the package being installed. */
export const SCHEMA_REFERENCE = `./${NAME}`;

/** The schema as a file beside a config; none where there is a file of that name, which stays as it is. */
export async function schemaBeside(
  config: string,
  cwd: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const path = join(dirname(config), NAME);
  const isThere = await access(resolve(cwd, path)).then(
    () => true,
    () => false,
  );
  return isThere ? [] : [{ path, text: await packageFile('schema.json') }];
}
