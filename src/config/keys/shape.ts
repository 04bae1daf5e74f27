/** Turns the validator's objections into messages that a user can act on. No message shows a value. */
import { nearest } from '../../nearest.ts';
import {
  keyOffsetOf,
  type Located,
  type LocatedProblem,
  nodeAt,
  offsetOf,
  PROTOTYPE_KEYS,
  type Step,
  showKey,
  showPath,
  toPlain,
} from '../parse/located.ts';
import { ADVICE, OTHER_WORDS } from './advice.ts';
import type { Expected, ShapeIssue } from './entry.ts';
import { checkShape, KNOWN_KEYS, missing } from './file.ts';

/** A problem of the shape; `guess` is the path that an unknown key was probably meant for. */
type ShapeFinding = LocatedProblem & { readonly guess?: readonly Step[] | undefined };

/** The purpose of a file: a configuration of its own, or only a base for others. */
export type FileRole = 'config' | 'base';

/** All problems of a document's shape. */
export function findShapeProblems(root: Located, role: FileRole = 'config'): LocatedProblem[] {
  // Only a base can omit services.
  const lacksServices = root.kind === 'map' && role === 'config' && nodeAt(root, ['services']) === undefined;
  const issues = [...checkShape(toPlain(root)), ...(lacksServices ? [missing('services')] : [])];
  const findings = issues.flatMap((issue) => describe(issue, root));
  // One typing mistake is one problem: a misspelt key is not also missing.
  const guessed = new Set(findings.flatMap(({ guess }) => (guess ? [showPath(guess)] : [])));
  return findings.filter(({ path }) => !guessed.has(showPath(path)) || nodeAt(root, path) !== undefined);
}

function describe(issue: ShapeIssue, root: Located): ShapeFinding[] {
  const { path, expected, refusal } = issue;
  const variant = variantOf(issue, root);
  if (variant) {
    return variant.flatMap((inner) => describe({ ...inner, path: [...path, ...inner.path] }, root));
  }
  if (issue.keys) {
    const keys = issue.keys.filter((key) => !PROTOTYPE_KEYS.has(key));
    return keys.map((key) => unknownKey(key, path, root, expected?.keys ?? []));
  }
  if (issue.ofKey && PROTOTYPE_KEYS.has(path.at(-1))) return [];
  if (refusal) {
    const at = issue.ofKey ? keyOffsetOf(root, path.slice(0, -1), String(path.at(-1))) : offsetOf(root, path);
    return [{ at, path, message: refusal.message, fix: refusal.fix }];
  }
  return expected ? [wrongKind(path, expected, root)] : [];
}

/** The intended variant: the one of the right kind. */
function variantOf({ path, variants }: ShapeIssue, root: Located): readonly ShapeIssue[] | undefined {
  const isKind = (issue: ShapeIssue): boolean =>
    issue.path.length === 0 && issue.expected !== undefined && issue.keys === undefined;
  return nodeAt(root, path) === undefined ? undefined : variants?.find((variant) => !variant.some(isKind));
}

const ALL_KEYS: ReadonlySet<string> = new Set(Object.values(KNOWN_KEYS).flat());

function unknownKey(
  key: string,
  path: readonly Step[],
  root: Located,
  candidates: readonly string[],
): ShapeFinding {
  const word = key.toLowerCase().replace(/[_-]/g, '');
  const advice = Object.hasOwn(ADVICE, word) ? ADVICE[word] : undefined;
  const other = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  const near = other !== undefined && candidates.includes(other) ? other : nearest(key, candidates, 1)[0];
  const elsewhere = ALL_KEYS.has(key) ? `"${key}" is not allowed here. ` : '';
  const list = `${elsewhere}Allowed keys: ${candidates.join(', ')}.`;
  return {
    at: keyOffsetOf(root, path, key),
    path: [...path, key],
    message: `unknown key ${showKey(key)}`,
    fix: advice ?? (near === undefined ? list : `Did you mean "${near}"?`),
    guess: advice === undefined && near !== undefined ? [...path, near] : undefined,
  };
}

function wrongKind(path: readonly Step[], expected: Expected, root: Located): LocatedProblem {
  const node = nodeAt(root, path);
  if (node === undefined) {
    const key = String(path.at(-1));
    return {
      at: offsetOf(root, path),
      path,
      message: `"${key}" is missing`,
      fix: `Add "${key}": ${expected.kind}.`,
    };
  }
  return {
    at: node.at,
    path,
    message: `this must be ${expected.kind}, but it is ${kindOf(node)}`,
    fix: wayOut(path, expected, node),
  };
}

function wayOut(path: readonly Step[], { fix, single }: Expected, node: Located): string {
  if (path.length === 0) return fix;
  if (single !== undefined && node.kind !== 'scalar') return single;
  return node.kind === 'scalar' && node.value === null ? 'Add a value, or remove the key.' : fix;
}

function kindOf(node: Located): string {
  if (node.kind === 'map') return 'an object';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'null';
  if (typeof node.value === 'string') return 'a string';
  return typeof node.value === 'boolean' ? String(node.value) : 'a number';
}
