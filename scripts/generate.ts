/**
 * Writes the generated files: the JSON schemas of the config and of the documents, the tables of commands, their scopes and the
 * sandbox's resources, the reference, and the tables of the docs. With `--check` it only names those that are out of date (exit 1).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findCommands, referenceText, tableText } from './generate-commands.ts';
import { documentSchemas } from './generate-documents.ts';
import { resourceTableText } from './generate-resources.ts';
import { schemaText } from './generate-schema.ts';
import { scopeRows, scopeTableText } from './generate-scopes.ts';
import { keyTables, switchTable } from './generate-tables.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** The generated files, by path, with their contents. */
export async function generated(): Promise<ReadonlyMap<string, string>> {
  const commands = await findCommands();
  const specs = commands.map(({ spec }) => spec);
  return new Map([
    ['schema.json', schemaText()],
    ['src/cli/command-table.ts', tableText(commands)],
    ['src/cli/connection/scope-table.ts', scopeTableText(specs)],
    ['src/sandbox/resource-table.ts', resourceTableText()],
    ['docs/reference.md', page('docs/reference.md', new Map([['commands', referenceText(commands)]]))],
    ['docs/config.md', page('docs/config.md', keyTables())],
    ['docs/getting-a-token.md', page('docs/getting-a-token.md', new Map([['scopes', scopeRows(specs)]]))],
    ['docs/sandbox.md', page('docs/sandbox.md', new Map([['switches', switchTable()]]))],
    ...documentSchemas(JSON.parse(read('docs/plan.schema.json'))),
  ]);
}

/** A page with the text between the marks of each name replaced. */
function page(file: string, parts: ReadonlyMap<string, string>): string {
  let text = read(file);
  for (const [name, part] of parts) {
    const [start, end] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`];
    const [before, after] = [text.split(start)[0], text.split(end)[1]];
    if (before === undefined || after === undefined) throw new Error(`${file} lacks the marks of ${name}`);
    text = `${before}${start}\n${part}\n${end}${after}`;
  }
  return text;
}

function read(file: string): string {
  return readFileSync(resolve(ROOT, file), 'utf8');
}

async function main(args: readonly string[]): Promise<number> {
  const stale = [...(await generated())].filter(
    ([file, text]) => !existsSync(resolve(ROOT, file)) || read(file) !== text,
  );
  if (args.includes('--check')) {
    for (const [file] of stale) console.error(`${file} is out of date: run \`npm run generate\``);
    return stale.length > 0 ? 1 : 0;
  }
  for (const [file, text] of stale) writeFileSync(resolve(ROOT, file), text);
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
