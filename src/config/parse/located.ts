/** A parsed document in which each part knows its position: common to JSON and YAML. */
import { cutText } from '../../cut.ts';

export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly kind: 'map';
  readonly at: number;
  /** In the order written; a key may still occur twice. */
  readonly entries: readonly LocatedEntry[];
}

export interface LocatedEntry {
  readonly key: string;
  readonly at: number;
  readonly value: Located;
}

interface LocatedList {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly Located[];
}

interface LocatedScalar {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
}

/** The written form of a collection or a scalar, for edits that leave everything else unchanged. */
export interface LayoutNode {
  /** `other`: an alias, or nothing. */
  readonly kind: 'map' | 'list' | 'scalar' | 'other';
  /** Written with brackets. */
  readonly isFlow: boolean;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly LayoutPart[];
}

/** An entry of a map, or an item of a list. */
export interface LayoutPart {
  /** The key, or the text of the item; undefined for anything else. */
  readonly key: string | undefined;
  readonly start: number;
  readonly keyEnd: number;
  readonly value: LayoutNode;
}

/** Keys with a special meaning in JavaScript objects, which a config must not use (T14). `inspect` reports them. */
export const PROTOTYPE_KEYS: ReadonlySet<unknown> = new Set(['__proto__', 'constructor', 'prototype']);

/** One step into a document: a key or an index. */
export type Step = string | number;

/** A problem at an offset. */
export interface LocatedProblem {
  readonly at: number;
  readonly path: readonly Step[];
  readonly message: string;
  readonly fix?: string | undefined;
}

/** The document, as far as it could be parsed, and all its problems. */
export interface Parsed {
  readonly root: Located | undefined;
  readonly findings: readonly LocatedProblem[];
}

/** No configuration needs more; a document with more is an attack or an accident (T13). */
export const DEEPEST = 64;

/** The message about a document deeper than `DEEPEST`. */
export const TOO_DEEP = {
  message: `the document is nested more than ${DEEPEST} levels deep`,
  fix: 'Check the brackets and the indentation; a configuration needs at most five levels.',
};

/** The plain value for a validator. Objects have no prototype, so no key has a special meaning (T14). */
export function toPlain(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  const plain: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.entries) plain[key] = toPlain(value);
  return plain;
}

const indexes = new WeakMap<LocatedMap, ReadonlyMap<string, LocatedEntry>>();

/** The entry of a key; the first, if there are several. */
export function entryOf(node: Located | undefined, key: string): LocatedEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  const index = indexes.get(node) ?? new Map(node.entries.toReversed().map((entry) => [entry.key, entry]));
  indexes.set(node, index);
  return index.get(key);
}

/** The value of a key, if it is a text. */
export function textOf(node: Located | undefined, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}

/** The value of a key, if it is true or false. */
export function flagOf(node: Located | undefined, key: string): boolean | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined;
}

/** The node at a path. */
export function nodeAt(root: Located | undefined, path: readonly Step[]): Located | undefined {
  return path.reduce<Located | undefined>((node, step) => childOf(node, step), root);
}

/** The offset of the value at a path, or of its nearest existing ancestor. */
export function offsetOf(root: Located, path: readonly Step[]): number {
  let node = root;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) break;
    node = next;
  }
  return node.at;
}

/** The offset of a key at a path, for a problem of the key itself. */
export function keyOffsetOf(root: Located, path: readonly Step[], key: string): number {
  return entryOf(nodeAt(root, path), key)?.at ?? offsetOf(root, path);
}

function childOf(node: Located | undefined, step: Step): Located | undefined {
  if (typeof step === 'string') return entryOf(node, step)?.value;
  return node?.kind === 'list' ? node.items[step] : undefined;
}

const LONGEST_KEY_SHOWN = 60;

/** A path for messages: `actions.restart-server.headers["X Y"]`. */
export function showPath(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w$-]+$/.test(step) || step.length > LONGEST_KEY_SHOWN) return `[${showKey(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** A key in quotes, shortened if it is very long. */
export function showKey(key: string): string {
  return JSON.stringify(cutText(key, LONGEST_KEY_SHOWN));
}
