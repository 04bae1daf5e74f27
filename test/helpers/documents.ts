/** Checks every JSON document that a command prints against its schema. */
import type { ValidateFunction } from 'ajv';
import { expect } from 'vitest';
import { recordSample } from './samples.ts';
import { readSchema, validatorOf } from './schemas.ts';

const validators = new Map<string, ValidateFunction>();

/** The schema for the output of `argv`; `lines` if each line is a document. Undefined if the output has no schema. */
function schemaOf(argv: readonly string[], first: unknown): { name: string; lines: boolean } | undefined {
  const { command, event, at } = (first ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof event === 'string' && typeof at === 'string') {
    return { name: argv.includes('listen') ? 'listen' : 'watch', lines: true };
  }
  if (typeof command !== 'string') return undefined;
  if (command === 'plan' || command === 'sync') return { name: 'plan', lines: false };
  if (command === 'listen') return { name: 'listen-any', lines: true };
  return { name: command.replace(' ', '-'), lines: false };
}

/** @throws if JSON output does not match its schema */
export function expectDocumented(argv: readonly string[], stdout: string): void {
  const isJson = argv.some(
    (word, at) => word === '--json' || (word === 'json' && argv[at - 1] === '--format'),
  );
  if (!isJson || !stdout.startsWith('{')) return;
  const lines = stdout.trimEnd().split('\n');
  const whole = parsed(stdout);
  const first = whole ?? parsed(lines[0] ?? '');
  const found = schemaOf(argv, first);
  if (!found) return;
  const { name } = found;
  const validate = validators.get(name) ?? validatorOf(readSchema(name));
  validators.set(name, validate);
  for (const document of found.lines ? lines.map(parsed) : [whole]) {
    validate(document);
    expect(validate.errors ?? [], `${argv[0]} --json is not as described in ${place(name)}`).toEqual([]);
    if (process.env.PDACTIONS_RECORD) recordSample(name, document);
  }
}

/** The file that describes a document. */
function place(name: string): string {
  return name === 'plan'
    ? 'docs/plan.schema.json'
    : `scripts/documents.ts (${name}; then \`npm run generate\`)`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
