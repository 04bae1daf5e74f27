/** Sample documents of the commands, one a line, which cover each part of each schema. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SchemaCoverage } from './schema-coverage.ts';
import { readSchema } from './schemas.ts';

const samplesOf = (name: string): string => resolve(import.meta.dirname, `../cli/documents/${name}.jsonl`);

/** Sample documents of a schema, printed by commands. `PDACTIONS_RECORD=1 npx vitest run` adds missing ones. */
export function readSamples(name: string): readonly unknown[] {
  const file = samplesOf(name);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line));
}

/** The parts of a schema that none of these documents has; test/ci/plan-schema.test.ts covers those of docs/plan.schema.json. */
export function missingIn(name: string, documents: readonly unknown[]): readonly string[] {
  const coverage = new SchemaCoverage(readSchema(name));
  for (const document of documents) coverage.add(document);
  const shared = name === 'plan' ? [] : Object.keys(readSchema('plan').definitions ?? {});
  return coverage
    .missing()
    .filter((part) => !shared.includes(/^#\/definitions\/(\w+)/.exec(part)?.[1] ?? ''));
}

/** Keeps a document with a part that no sample has. */
export function recordSample(name: string, document: unknown): void {
  if (name === 'plan') return;
  const samples = readSamples(name);
  if (missingIn(name, [...samples, document]).length === missingIn(name, samples).length) return;
  appendFileSync(samplesOf(name), `${JSON.stringify(document)}\n`);
}
