/** Reads texts of a file for the rules about actions. */
import type { CheckedText } from '../check/check.ts';
import { entryOf, type Located, type LocatedProblem, type Step } from '../parse/located.ts';
import { expand, hasShellVariable, type Piece, type Variables, variablesIn } from '../secrets/interpolate.ts';
import { accessTo } from '../secrets/never-expanded.ts';
import type { Reading } from './reading.ts';

export interface TextEntry {
  readonly text: string;
  readonly at: number;
}

export function textEntry(node: Located, key: string): TextEntry | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string'
    ? { text: value.value, at: value.at }
    : undefined;
}

export function expandAt(
  { text, at }: TextEntry,
  path: readonly Step[],
  reading: Reading,
  options: Pick<Variables, 'services'> = {},
): readonly Piece[] | undefined {
  const expansion = expand(text, { ...reading.variables, ...options });
  for (const name of variablesIn(text)) if (accessTo(name) !== 'never') reading.names.add(name);
  if (hasShellVariable(text)) {
    reading.warnings.push({
      at,
      path,
      message: 'a variable written as `$NAME` is not expanded',
      fix: 'To use a variable, write ${NAME}, with braces.',
    });
  }
  if (expansion.ok) return expansion.pieces;
  for (const problem of expansion.problems) reading.problems.push({ ...problem, at, path });
  return undefined;
}

/** Passes on the result of a check, with the variables that provided the value, whose values stay hidden. */
export function report(
  check: CheckedText,
  at: number,
  path: readonly Step[],
  reading: Reading,
  pieces: readonly Piece[] = [],
): void {
  const names = [
    ...new Set(pieces.flatMap(({ variable }) => (variable === undefined ? [] : [`\${${variable}}`]))),
  ];
  const origin = names.length === 0 ? '' : ` (after expanding ${names.join(' and ')})`;
  if (!check.ok) reading.problems.push({ at, path, message: check.message + origin, fix: check.fix });
  else reading.warnings.push(...check.warnings.map((message) => ({ at, path, message: message + origin })));
}

export function literalSecret(what: string, at: number, path: readonly Step[]): LocatedProblem {
  return {
    at,
    path,
    message: `${what} is written in the file`,
    fix: 'Put it in an environment variable and write ${NAME}.',
  };
}

export function isVariable(piece: Piece): boolean {
  return piece.variable !== undefined;
}

export function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
