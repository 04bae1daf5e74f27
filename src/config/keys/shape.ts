/** Turns what the validator objects to into what a person can act upon. No message shows a value. */
import { nearest } from '../../nearest.ts';
import { checkHeaderName } from '../check/header.ts';
import {
  type Finding,
  keyOffsetOf,
  type Located,
  nodeAt,
  offsetOf,
  type Step,
  showKey,
  showPath,
  toPlain,
} from '../parse/located.ts';
import { ADVICE, exampleAt, OTHER_WORDS, WAY_OUT, WHOLE_FILE } from './advice.ts';
import { checkShape, KNOWN_KEYS, type ShapeIssue } from './schema.ts';
import { MOST_ACTIONS } from './schema-limits.ts';

/** A finding of the shape; `guess` is the path that an unknown key was probably meant for. */
type ShapeFinding = Finding & { readonly guess?: readonly Step[] | undefined };

/** What a file is there for: a configuration of its own, or only to be extended by others. */
export type Role = 'config' | 'base';

/** Everything that is wrong with the shape of a document. */
export function findShapeFaults(root: Located, role: Role = 'config'): Finding[] {
  const known: string[] = [...new Set(Object.values(KNOWN_KEYS).flat())];
  const issues = [...missingKeys(root, role), ...checkShape(toPlain(root))];
  const findings = issues.flatMap((issue) => describe(issue, root, known));
  // One typing mistake is one problem: a key is not missing when it is there with a mistake in it.
  const guessed = new Set(findings.flatMap(({ guess }) => (guess ? [showPath(guess)] : [])));
  return findings.filter(({ path }) => !guessed.has(showPath(path)) || nodeAt(root, path) !== undefined);
}

function describe(issue: ShapeIssue, root: Located, known: readonly string[]): ShapeFinding[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return (issue.keys ?? []).map((key) => unknownKey(key, path, root, known));
    case 'invalid_union':
      return (
        variantOf(issue, root)?.flatMap((inner) =>
          describe({ ...inner, path: [...path, ...inner.path] }, root, known),
        ) ?? [wrongKind(path, expectedAt(path), root)]
      );
    case 'invalid_key':
      return [invalidKey(path, root)];
    case 'invalid_type':
      return [wrongKind(path, issue.expected ?? '', root)];
    case 'custom':
      // Of the whole file there is one check, and `missingKeys` says it better.
      return path.length === 0 ? [] : [invalidValue(issue, root)];
    default:
      return [invalidValue(issue, root)];
  }
}

/** Only a base can do without services, and only a file with a base without actions. */
function missingKeys(root: Located, role: Role): ShapeIssue[] {
  if (root.kind !== 'map') return [];
  const needed = [...(has(root, 'extends') ? [] : ['actions']), ...(role === 'base' ? [] : ['services'])];
  return needed
    .filter((key) => !has(root, key))
    .map((key) => ({ code: 'invalid_type', path: [key], expected: 'record' }));
}

function has(root: Located, key: string): boolean {
  return nodeAt(root, [key]) !== undefined;
}

/** The variant that the author had in mind: the one whose kind is right. */
function variantOf({ path, variants }: ShapeIssue, root: Located): readonly ShapeIssue[] | undefined {
  const isKind = (issue: ShapeIssue): boolean => issue.path.length === 0 && issue.code === 'invalid_type';
  return nodeAt(root, path) === undefined ? undefined : variants?.find((variant) => !variant.some(isKind));
}

function unknownKey(
  key: string,
  path: readonly Step[],
  root: Located,
  known: readonly string[],
): ShapeFinding {
  const word = key.toLowerCase().replace(/[_-]/g, '');
  const candidates = keysAt(path);
  const advice = Object.hasOwn(ADVICE, word) ? ADVICE[word] : undefined;
  const other = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  const near = other !== undefined && candidates.includes(other) ? other : nearest(key, candidates, 1)[0];
  const elsewhere = known.includes(key) ? `"${key}" stands elsewhere. ` : '';
  const list = `${elsewhere}Known here: ${candidates.join(', ')}.`;
  return {
    at: keyOffsetOf(root, path, key),
    path: [...path, key],
    message: `unknown key ${showKey(key)}`,
    fix: advice ?? (near === undefined ? list : `Did you mean "${near}"?`),
    guess: advice === undefined && near !== undefined ? [...path, near] : undefined,
  };
}

function keysAt(path: readonly Step[]): readonly string[] {
  if (path.length === 0) return KNOWN_KEYS.file;
  if (isInHandler(path)) return KNOWN_KEYS.handler;
  return path[0] === 'actions' ? KNOWN_KEYS.action : KNOWN_KEYS.selection;
}

/** `actions.KEY.handler`, or something in it. */
function isInHandler(path: readonly Step[]): boolean {
  return path[0] === 'actions' && path[2] === 'handler';
}

function invalidKey(path: readonly Step[], root: Located): Finding {
  const key = String(path.at(-1) ?? '');
  const at = keyOffsetOf(root, path.slice(0, -1), key);
  if (path.at(-2) === 'headers') {
    const check = checkHeaderName(key);
    if (!check.ok) return { at, path, message: check.message, fix: check.fix };
  }
  if (path[0] === 'services') {
    return { at, path, message: 'a service selector must not be empty', fix: 'Write the name of a service.' };
  }
  return {
    at,
    path,
    message: 'this key of an action cannot be used',
    fix: 'Use up to 64 letters, digits, hyphens, dots and underscores, for example "restart-server".',
  };
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  int: 'a whole number',
  number: 'a whole number',
  tuple: 'a list',
};

function wrongKind(path: readonly Step[], expected: string, root: Located): Finding {
  const node = nodeAt(root, path);
  const wanted = KINDS[expected] ?? expected;
  if (node === undefined) {
    const key = String(path.at(-1));
    return {
      at: offsetOf(root, path),
      path,
      message: `"${key}" is missing`,
      fix: `Add "${key}": ${wanted}.`,
    };
  }
  return {
    at: node.at,
    path,
    message: `this must be ${wanted}, but it is ${kindOf(node)}`,
    fix: wayOut(path, expected, node),
  };
}

function wayOut(path: readonly Step[], expected: string, node: Located): string {
  if (path.length === 0) return WHOLE_FILE;
  if (expected === 'string' && node.kind !== 'scalar') return 'Write one text, in double quotes.';
  if (node.kind === 'scalar' && node.value === null) return 'Write a value, or leave the key out.';
  return WAY_OUT[expected] ?? exampleAt(path);
}

/** What a union takes, for a value that is none of it. */
function expectedAt(path: readonly Step[]): string {
  if (path[0] === 'services') return 'a list of action keys, or an object with "actions" and "prune"';
  return path[0] === 'extends' ? 'a path, or a list of paths' : 'a text, or a list of texts';
}

function kindOf(node: Located): string {
  if (node.kind === 'map') return 'an object';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing (null)';
  if (typeof node.value === 'string') return 'a text';
  return typeof node.value === 'boolean' ? `the value ${node.value}` : 'a number';
}

/** By the last key of its path: what is wrong with a value of the right kind. */
function invalidValue({ path, code }: ShapeIssue, root: Located): Finding {
  const at = offsetOf(root, path);
  const key = path.findLast((step) => typeof step === 'string');
  const say = (message: string, fix: string): Finding => ({ at, path, message, fix });
  if (isInHandler(path)) return say(...handlerAdvice(key));
  if (key === 'account') {
    return say('this is not the subdomain of an account', 'For https://acme.pagerduty.com write "acme".');
  }
  if (key === 'region') return say('there is no such region', 'Write "us" or "eu".');
  if (path[0] === 'extends')
    return say('no usable list of files', 'Write a path, or up to ten different ones.');
  if (key === 'url') return say('the URL is empty', 'Write the whole address, with https://.');
  if (key === 'label' || (key === 'renamedFrom' && code !== 'too_big')) {
    return say('a label must have 1 to 255 characters', 'Write a few words, for example "Restart Server".');
  }
  if (key === 'renamedFrom') return say('more than ten former labels', 'Keep the most recent ones.');
  if (path.length === 1 && key === 'actions') {
    return say(`more than ${MOST_ACTIONS} actions`, 'Divide them into several files.');
  }
  if (code === 'too_big') {
    return say('more than three actions for one service', 'A service has three slots; choose three.');
  }
  return say('an action is listed twice', 'List each action once.');
}

/** What a value in a handler has to be: the message and the advice. */
function handlerAdvice(key: Step | undefined): [string, string] {
  switch (key) {
    case 'command':
      return [
        'this is no usable command',
        'Write the program and its arguments, for example ["./restart.sh", "--now"].',
      ];
    case 'timeout':
      return ['this is no usable time limit', 'Write whole seconds, from 1 to 86400.'];
    case 'concurrency':
      return ['this is no usable number of runs at a time', 'Write a whole number from 1 to 4.'];
    case 'env':
      return ['this is no usable list of variables', 'Write up to 50 names of environment variables.'];
    default:
      return ['there is no such choice', 'Write "always", "on-failure" or "never".'];
  }
}
