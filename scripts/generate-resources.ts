/** The table of the sandbox's resources, from what the files of `src/sandbox/resources/` declare. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A declaration: `export const teams = resource({`. */
const DECLARATION = /^export const (\w+) = resource\(/gm;

interface Declared {
  readonly name: string;
  /** From `resources/`. */
  readonly path: string;
}

/** The resources that the files below a folder declare, in the order of their paths. */
function findResources(folder: string): readonly Declared[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return paths
    .filter((path) => path.endsWith('.ts'))
    .toSorted()
    .flatMap((path) =>
      [...readFileSync(resolve(folder, path), 'utf8').matchAll(DECLARATION)].map(([, name = '']) => ({
        name,
        path,
      })),
    );
}

/** `resource-table.ts` of the sandbox in this folder. */
export function resourceTableText(sandbox = resolve(import.meta.dirname, '../src/sandbox')): string {
  const found = findResources(resolve(sandbox, 'resources'));
  const imports = found.map(({ name, path }) => `import { ${name} } from './resources/${path}';\n`);
  return `/** Written by \`npm run generate\` from the files of \`resources/\`. */
${imports.join('')}
export const RESOURCES = [
${found.map(({ name }) => `  ${name},\n`).join('')}] as const;
`;
}
