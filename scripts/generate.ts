/**
 * Writes what follows from the code: the JSON schema of the config, the table of commands, and the reference. With `--check` it only says
 * which of them are out of date (exit 1).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findCommands, referenceText, tableText } from './generate-commands.ts';
import { schemaText } from './generate-schema.ts';

const ROOT = resolve(import.meta.dirname, '..');
const REFERENCE = 'docs/reference.md';

/** The generated files, by path: what they should contain. */
export async function generated(): Promise<ReadonlyMap<string, string>> {
  const commands = await findCommands();
  return new Map([
    ['schema.json', schemaText()],
    ['src/cli/command-table.ts', tableText(commands)],
    [REFERENCE, between(read(REFERENCE), 'commands', referenceText(commands))],
  ]);
}

/** A page with one part of it replaced: what is between the marks of that name. */
function between(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`];
  const [before, after] = [page.split(start)[0], page.split(end)[1]];
  if (before === undefined || after === undefined) throw new Error(`${REFERENCE} lacks the marks of ${name}`);
  return `${before}${start}\n${text}\n${end}${after}`;
}

function read(file: string): string {
  return readFileSync(resolve(ROOT, file), 'utf8');
}

async function main(args: readonly string[]): Promise<number> {
  const stale = [...(await generated())].filter(([file, text]) => read(file) !== text);
  if (args.includes('--check')) {
    for (const [file] of stale) console.error(`${file} is out of date: run \`npm run generate\``);
    return stale.length > 0 ? 1 : 0;
  }
  for (const [file, text] of stale) writeFileSync(resolve(ROOT, file), text);
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
