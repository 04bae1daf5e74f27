/** The rules that a shape cannot express: on the actions and selections of one file, and on several actions together. */

import { foldLabel } from '../check/label.ts';
import type { Place, Selection } from '../config.ts';
import { entryOf, flagOf, type Located } from '../parse/located.ts';
import { type PlacedAction, readAction } from './actions.ts';
import { comparedLabel } from './per-service.ts';
import type { Reading } from './reading.ts';
import { readSelection } from './selections.ts';

/** The file that defines an action, and gets its problems. */
export type HomeOf = (action: PlacedAction) => { readonly reading: Reading; readonly at: number };

/** The actions of one file, by key. */
export function readActions(root: Located | undefined, reading: Reading): Map<string, PlacedAction> {
  const node = entryOf(root, 'actions')?.value;
  const entries = node?.kind === 'map' ? node.entries : [];
  const fingerprint = flagOf(root, 'fingerprint') ?? false;
  return new Map(entries.map((entry) => [entry.key, readAction(entry, reading, fingerprint)]));
}

/**
 * Reads the selections of one file.
 * @param actions those that it may use
 */
export function readSelections(
  root: Located | undefined,
  actions: ReadonlyMap<string, PlacedAction>,
  reading: Reading,
  options: { readonly isPartial: boolean },
): Selection[] {
  const node = entryOf(root, 'services')?.value;
  const entries = node?.kind === 'map' ? node.entries : [];
  const filePrune = flagOf(root, 'prune');
  return entries
    .map((entry) => readSelection(entry, actions, reading, options))
    .filter((selection) => selection !== undefined)
    .map((selection) => ({ ...selection, filePrune }));
}

/** Labels that differ, but look the same (T02). Equal labels are fine: the actions may be on different services. */
export function findConfusable(actions: Iterable<PlacedAction>, homeOf: HomeOf): void {
  const seen = new Map<string, PlacedAction>();
  for (const action of actions) {
    const label = comparedLabel(action);
    const folded = foldLabel(label);
    const earlier = seen.get(folded);
    if (folded === '') continue;
    if (earlier === undefined) seen.set(folded, action);
    else if (comparedLabel(earlier) !== label) {
      const { reading, at } = homeOf(action);
      const where = placeFrom(earlier.place, action.place.file);
      reading.problems.push({
        at,
        path: ['actions', action.key, 'label'],
        message: `this label looks the same as the one of "${earlier.key}" (${where}), but differs from it`,
        fix: 'Retype both labels, or make them clearly different.',
      });
    }
  }
}

/** A former label of one action that is the current label of another: on a service with both, the intended one is unclear. */
export function warnOfFormerLabels(actions: ReadonlyMap<string, PlacedAction>, homeOf: HomeOf): void {
  const byLabel = new Map([...actions.values()].map((action) => [comparedLabel(action), action]));
  for (const action of actions.values()) {
    for (const former of action.renamedFrom) {
      const other = byLabel.get(former);
      if (other === undefined || other.key === action.key) continue;
      const { reading, at } = homeOf(action);
      reading.warnings.push({
        at,
        path: ['actions', action.key, 'renamedFrom'],
        message: `"${other.key}" has this label now`,
        fix: 'Remove it from `renamedFrom` once the rename is done everywhere.',
      });
    }
  }
}

/** Actions of a file that nothing in it uses. */
export function warnOfUnused(
  actions: ReadonlyMap<string, PlacedAction>,
  selections: readonly Selection[],
  homeOf: HomeOf,
): void {
  const used = new Set(selections.flatMap(({ actionKeys }) => actionKeys));
  for (const [key, action] of actions) {
    if (used.has(key)) continue;
    const { reading, at } = homeOf(action);
    reading.warnings.push({
      at,
      path: ['actions', key],
      message: 'no service uses this action',
      fix: 'List it under a service, or remove it.',
    });
  }
}

/** A position relative to a file: only the line if it is the same file. */
export function placeFrom({ file, line }: Place, from: string): string {
  return file === from ? `line ${line}` : `${file}:${line}`;
}
