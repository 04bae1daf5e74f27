/** Reads `services`: the actions of each selector. */
import { parseSelector } from '../../core/selector.ts';
import { nearest } from '../../nearest.ts';
import type { Selection } from '../config.ts';
import {
  entryOf,
  flagOf,
  type Located,
  type LocatedEntry,
  type LocatedProblem,
  type Step,
  showKey,
} from '../parse/located.ts';
import type { PlacedAction } from './actions.ts';
import { comparedLabel } from './per-service.ts';
import type { Reading } from './reading.ts';

/**
 * Reads one entry of `services`; `undefined` if it selects nothing, which was reported.
 * @param isPartial a base could not be read: a missing action is then not this file's problem
 */
export function readSelection(
  { key, at, value: node }: LocatedEntry,
  actions: ReadonlyMap<string, PlacedAction>,
  reading: Reading,
  { isPartial }: { readonly isPartial: boolean },
): Selection | undefined {
  const path = ['services', key];
  const items = itemsOf(node);
  const listPath = node.kind === 'map' ? [...path, 'actions'] : path;
  const problems = isPartial ? [] : reading.problems;
  const actionKeys = items.map((item, index) => readKey(item, [...listPath, index], actions, problems));
  findRepeatedLabels(items, listPath, actions, reading);
  const selector = parseSelector(key);
  if ('invalid' in selector) {
    reading.problems.push({
      at,
      path,
      message: selector.invalid,
      fix: 'Write a name, a pattern, "id:ID" or "team:NAME".',
    });
    return undefined;
  }
  warnOfPrefix(key, at, reading);
  const prune = flagOf(node, 'prune');
  const place = reading.source.placeAt(at);
  return { selector, actionKeys: actionKeys.filter((name) => name !== undefined), prune, place };
}

function itemsOf(node: Located): readonly Located[] {
  const list = node.kind === 'map' ? entryOf(node, 'actions')?.value : node;
  return list?.kind === 'list' ? list.items : [];
}

function readKey(
  item: Located,
  path: readonly Step[],
  actions: ReadonlyMap<string, PlacedAction>,
  problems: LocatedProblem[],
): string | undefined {
  if (item.kind !== 'scalar' || typeof item.value !== 'string') return undefined;
  const key = item.value;
  if (actions.has(key)) return key;
  const [near] = isWorthAGuess(key, problems) ? nearest(key, actions.keys(), 1) : [];
  const all = [...actions.keys()];
  problems.push({
    at: item.at,
    path,
    message: `unknown action ${showKey(key)}`,
    fix: near
      ? `Did you mean "${near}"?`
      : all.length > 0
        ? `Known actions: ${all.slice(0, 10).join(', ')}${all.length > 10 ? ', ...' : ''}.`
        : 'Define it under "actions" first.',
  });
  return undefined;
}

/** Suggestions cost time for each pair: none for texts that cannot be a key, nor for more problems than a user reads (T13). */
function isWorthAGuess(key: string, problems: readonly LocatedProblem[]): boolean {
  return key.length <= 64 && problems.length < 50;
}

/** Two actions of one service with the same label: a responder could not tell them apart. */
function findRepeatedLabels(
  items: readonly Located[],
  path: readonly Step[],
  actions: ReadonlyMap<string, PlacedAction>,
  { problems }: Reading,
): void {
  const seen = new Map<string, string>();
  for (const [index, item] of items.entries()) {
    const action = item.kind === 'scalar' ? actions.get(String(item.value)) : undefined;
    if (action === undefined || action.label === '') continue;
    const label = comparedLabel(action);
    const earlier = seen.get(label);
    if (earlier === undefined) seen.set(label, action.key);
    else if (earlier !== action.key) {
      problems.push({
        at: item.at,
        path: [...path, index],
        message: `"${action.key}" has the same label as "${earlier}" on the same service`,
        fix: 'Change one of the labels, or remove one of the actions here.',
      });
    }
  }
}

/** `ID:P123` and `id: P123` would be parsed as the name of a service. */
function warnOfPrefix(key: string, at: number, { warnings }: Reading): void {
  const [, prefix] = /^(id|team|name)\s*:/i.exec(key) ?? [];
  if (prefix === undefined || key.startsWith('id:') || key.startsWith('team:')) return;
  warnings.push({
    at,
    path: ['services', key],
    message: 'this selects a service with exactly this name',
    fix: 'To select by id or team, write "id:ID" or "team:NAME", with a lower-case prefix and no space.',
  });
}
