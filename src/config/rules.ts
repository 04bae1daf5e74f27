/** From a document to a configuration, and what only the document as a whole can get wrong. */
import { type PlacedAction, readAction } from './actions.ts';
import { foldLabel } from './check-label.ts';
import type { Config, Selection } from './config.ts';
import { entryOf, flagOf, type Located, textOf } from './located.ts';
import type { Reading } from './reading.ts';
import { readSelection } from './selections.ts';

/**
 * Applies every rule that the shape cannot express. What is found goes to `reading`; the result counts only when there are no
 * faults, neither here nor in the shape.
 */
export function applyRules(root: Located, reading: Reading): Config {
  const actions = readActions(root, reading);
  const selections = readSelections(root, actions, reading);
  findConfusable(actions, root, reading);
  warnOfFormerLabels(actions, root, reading);
  warnOfUnused(actions, selections, root, reading);
  return {
    file: reading.source.file,
    account: textOf(root, 'account'),
    region: regionOf(root),
    prune: flagOf(root, 'prune') ?? false,
    actions,
    selections,
    secrets: [...reading.secrets],
  };
}

function readActions(root: Located, reading: Reading): Map<string, PlacedAction> {
  const node = entryOf(root, 'actions')?.value;
  const entries = node?.kind === 'map' ? node.entries : [];
  return new Map(entries.map((entry) => [entry.key, readAction(entry, reading)]));
}

function readSelections(
  root: Located,
  actions: ReadonlyMap<string, PlacedAction>,
  reading: Reading,
): Selection[] {
  const node = entryOf(root, 'services')?.value;
  const entries = node?.kind === 'map' ? node.entries : [];
  return entries
    .map((entry) => readSelection(entry, actions, reading))
    .filter((selection) => selection !== undefined);
}

function regionOf(root: Located): 'us' | 'eu' | undefined {
  const region = textOf(root, 'region');
  return region === 'us' || region === 'eu' ? region : undefined;
}

/** Labels that differ, but not to the eye (T02). Equal labels are fine: the actions may stand on different services. */
function findConfusable(
  actions: ReadonlyMap<string, PlacedAction>,
  root: Located,
  { faults }: Reading,
): void {
  const seen = new Map<string, PlacedAction>();
  for (const action of actions.values()) {
    const folded = foldLabel(action.label);
    const earlier = seen.get(folded);
    if (folded === '') continue;
    if (earlier === undefined) seen.set(folded, action);
    else if (earlier.label !== action.label) {
      faults.push({
        at: placeOf(root, action.key),
        path: ['actions', action.key, 'label'],
        message: `this label looks the same as that of "${earlier.key}" (line ${earlier.place.line}), but is another one`,
        fix: 'Type both labels anew, or make them clearly different.',
      });
    }
  }
}

/** A label that one action gives up and another has: on a service with both, it is not clear which is which. */
function warnOfFormerLabels(
  actions: ReadonlyMap<string, PlacedAction>,
  root: Located,
  { warnings }: Reading,
): void {
  const byLabel = new Map([...actions.values()].map((action) => [action.label, action]));
  for (const action of actions.values()) {
    for (const former of action.renamedFrom) {
      const other = byLabel.get(former);
      if (other === undefined || other.key === action.key) continue;
      warnings.push({
        at: placeOf(root, action.key),
        path: ['actions', action.key, 'renamedFrom'],
        message: `"${other.key}" has this label now`,
        fix: 'Remove it from `renamedFrom` once the rename is done everywhere.',
      });
    }
  }
}

function warnOfUnused(
  actions: ReadonlyMap<string, PlacedAction>,
  selections: readonly Selection[],
  root: Located,
  { warnings }: Reading,
): void {
  const used = new Set(selections.flatMap(({ actionKeys }) => actionKeys));
  for (const key of actions.keys()) {
    if (used.has(key)) continue;
    warnings.push({
      at: placeOf(root, key),
      path: ['actions', key],
      message: 'no service uses this action',
      fix: 'List it under a service, or remove it.',
    });
  }
}

function placeOf(root: Located, key: string): number {
  return entryOf(entryOf(root, 'actions')?.value, key)?.at ?? root.at;
}
