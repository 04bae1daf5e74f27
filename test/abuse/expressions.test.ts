/** No regular expression of this repository backtracks, and none is built from outside text (T56). */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { analyse } from 'scslre';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

interface Expression {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** A call of `RegExp`, with its first argument as written. */
interface Built {
  readonly file: string;
  readonly from: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly callee?: Node & { readonly name?: string };
  readonly arguments?: readonly Node[];
}

const files = ['src', 'bin', 'scripts', 'examples', 'bench'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?[jt]s$/.test(file) && !file.includes('node_modules'))
    .map((file) => join(folder, file).replaceAll('\\', '/')),
);

const expressions: Expression[] = [];
const built: Built[] = [];
for (const file of files) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  visit(parseAst(text, { lang: file.endsWith('.ts') ? 'ts' : 'js' }), (node) => {
    if (node.regex) expressions.push({ file, source: node.regex.pattern, flags: node.regex.flags });
    const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
    const [first] = node.arguments ?? [];
    if (isCall && node.callee?.name === 'RegExp' && first) {
      built.push({ file, from: text.slice(first.start, first.end) });
    }
  });
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && 'start' in value) see(value as Node);
  for (const part of Object.values(value)) visit(part, see);
}

/** Why an expression is slow: two of its parts match the same text, or the search restarts at each character. */
function problemsOf({ source, flags }: Expression): string[] {
  return analyse({ source, flags }).reports.map(({ type, exponential }) =>
    exponential ? `${type}, exponential` : type,
  );
}

/** The search restarts at each character, but the text is short or cannot have this form. */
const HARMLESS: Readonly<Record<string, string>> = {
  '\\B(?=(\\d{3})+$)': 'the digits of a number',
  '\\p{Cc}|[\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]|(?<=##\\w*)\\[':
    'looks back from a bracket, to the bracket before it at most',
};

/** The escape character, script names, names of variables that are never expanded, fields of Redis, and another expression. */
const CONSTANT = [
  'src/config/check/host.ts: `\\\\p{Script=${name}}`',
  "src/config/secrets/never-expanded.ts: `^(?:${NEVER_EXPANDED.map((entry) => entry.replaceAll('*', '.*')).join('|')})$`",
  'src/receiver/ledger/redis/connection.ts: `^${name}:(\\\\S*)`',
  'src/ui/render/yaml.ts: `(?!\\\\n)(?:${UNSAFE.source})`',
];

/** Alternatives of exactly four characters each, every one taken literally: nothing is repeated, so there is nothing to backtrack. */
const LITERAL = ["src/ui/gate/finders.ts: beginnings.map(escaped).join('|')"];

describe('T56: regular expressions', () => {
  it('are found', () => {
    expect(expressions.length).toBeGreaterThan(250);
    expect(problemsOf({ file: '', source: '^(a+)+$', flags: '' })).toEqual(['Self, exponential']);
    expect(problemsOf({ file: '', source: '^a*a*$', flags: '' })).toEqual(['Trade']);
  });

  it('do not backtrack', () => {
    const slow = expressions.flatMap((one) => {
      const problems = problemsOf(one);
      const isHarmless = one.source in HARMLESS && problems.every((problem) => problem === 'Move');
      return problems.length === 0 || isHarmless
        ? []
        : [`${one.file}: /${one.source}/${one.flags}: ${problems}`];
    });
    expect(slow).toEqual([]);
    const sources = new Set(expressions.map(({ source }) => source));
    expect(Object.keys(HARMLESS).filter((source) => !sources.has(source))).toEqual([]);
  });

  it('are built from constants of the same file, or from short texts taken literally', () => {
    const sources = built.map(({ file, from }) => `${file}: ${from.replace(/\s+/g, ' ')}`);
    expect(sources.sort()).toEqual([...CONSTANT, ...LITERAL].sort());
  });
});
