/**
 * Merges files into one configuration: the actions that each file may use, and the settings that must agree. Nothing is ever replaced: if
 * two files define the same thing, both positions are named.
 */

import type { Config } from '../config.ts';
import { entryOf, flagOf, textOf } from '../parse/located.ts';
import type { PlacedAction } from './actions.ts';
import type { Document } from './files.ts';
import type { Reading } from './reading.ts';
import {
  findConfusable,
  type HomeOf,
  placeFrom,
  readActions,
  readSelections,
  warnOfFormerLabels,
  warnOfUnused,
} from './rules.ts';

/** A file, and the place for its problems. */
export interface FilePart {
  readonly document: Document;
  readonly reading: Reading;
}

type Actions = ReadonlyMap<string, PlacedAction>;
type ReadPart = FilePart & { readonly actions: Actions };

/**
 * Applies every rule that the shape cannot express. Problems go to the `reading` of their file; the result
 * counts only without problems, here and in the shapes.
 * @param parts the files that were found or named, then their bases
 */
export function applyRules(parts: readonly FilePart[]): Config {
  const files = parts.map((part) => ({ ...part, actions: readActions(part.document.root, part.reading) }));
  const roots = files.filter(({ document }) => document.role === 'config');
  const homeOf = homes(files);
  const actions = mergeActions(files, homeOf);
  findConfusable(actions.values(), homeOf);
  const selections = new Map(roots.map((root) => [root.document, select(root, files, homeOf)]));
  return {
    file: roots[0]?.reading.source.file ?? '',
    files: files.map(({ document, reading, actions: declared }) => ({
      file: reading.source.file,
      role: document.role,
      actions: declared.size,
      selections: selections.get(document)?.length ?? 0,
    })),
    account: agreed(files, 'account', isAccount),
    region: agreed(files, 'region', isRegion),
    prune: roots.every(({ document }) => flagOf(document.root, 'prune') === true),
    actions,
    selections: [...selections.values()].flat(),
    secrets: [...new Set(files.flatMap(({ reading }) => [...reading.secrets]))],
  };
}

/** The selections of a file, from its own actions and those of its bases, the only ones it may use. */
function select(root: ReadPart, files: readonly ReadPart[], homeOf: HomeOf) {
  const { document, reading, actions } = root;
  const reach = reachOf(document);
  const visible = new Map(
    files.filter((file) => reach.has(file.document)).flatMap((file) => [...file.actions]),
  );
  const isPartial = document.isPartial || !knowsItsActions(document);
  const selections = readSelections(document.root, visible, reading, { isPartial });
  warnOfFormerLabels(visible, homeOf);
  // Other files may use an action of a base; and if the services cannot be read, their actions are unknown.
  if (knowsItsServices(document)) warnOfUnused(actions, selections, homeOf);
  return selections;
}

/** False if `actions` is missing or not an object: that is one problem, whatever the services name. */
function knowsItsActions({ root }: Document): boolean {
  const actions = entryOf(root, 'actions');
  return actions === undefined ? entryOf(root, 'extends') !== undefined : actions.value.kind === 'map';
}

/** False if a part of `services` cannot be read, so that its actions are unknown. */
function knowsItsServices({ root }: Document): boolean {
  const services = entryOf(root, 'services')?.value;
  return services?.kind === 'map' && services.entries.every(({ value }) => value.kind !== 'scalar');
}

/** Every action by its key. Two files cannot define the same one, even without knowing of each other. */
function mergeActions(files: readonly ReadPart[], homeOf: HomeOf): Actions {
  const merged = new Map<string, PlacedAction>();
  const definedIn = new Map<string, Document>();
  for (const { document, actions } of basesFirst(files)) {
    for (const [key, action] of actions) {
      const earlier = merged.get(key);
      const other = definedIn.get(key);
      if (!earlier || !other) {
        merged.set(key, action);
        definedIn.set(key, document);
        continue;
      }
      const { reading, at } = homeOf(action);
      const where = placeFrom(earlier.place, '');
      reading.problems.push({
        at,
        path: ['actions', key],
        message: reachOf(document).has(other)
          ? `this file extends one that already defines "${key}", at ${where}`
          : `"${key}" is already defined at ${where}`,
        fix: 'Rename one of the two keys, or share one definition with `extends`; a definition never overrides another.',
      });
    }
  }
  return merged;
}

/** A file and everything that it extends, directly or through others. */
function reachOf(document: Document): ReadonlySet<Document> {
  const reached = new Set([document]);
  // A set also iterates over what is added meanwhile.
  for (const { bases } of reached) for (const base of bases) reached.add(base);
  return reached;
}

/** A file comes after its bases, so a collision is reported for the extending file. */
function basesFirst(files: readonly ReadPart[]): ReadPart[] {
  const order = new Set<Document>();
  const visiting = new Set<Document>();
  const visit = (document: Document): void => {
    if (visiting.has(document)) return;
    visiting.add(document);
    for (const base of document.bases) visit(base);
    order.add(document);
  };
  for (const { document } of files) visit(document);
  const rank = new Map([...order].map((document, index) => [document, index]));
  const rankOf = ({ document }: ReadPart): number => rank.get(document) ?? 0;
  return files.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function homes(files: readonly ReadPart[]): HomeOf {
  const byFile = new Map(files.map((file) => [file.reading.source.file, file]));
  return ({ key, place }) => {
    const home = byFile.get(place.file);
    if (!home) throw new Error(`no file ${place.file} was read`);
    const { root } = home.document;
    return { reading: home.reading, at: entryOf(entryOf(root, 'actions')?.value, key)?.at ?? 0 };
  };
}

/** The value on which all files with one agree, because one run is about one account. */
function agreed<Value extends string>(
  files: readonly ReadPart[],
  key: 'account' | 'region',
  isUsable: (text: string | undefined) => text is Value,
): Value | undefined {
  let first: { readonly value: Value; readonly where: string } | undefined;
  for (const { document, reading } of files) {
    const value = textOf(document.root, key);
    const at = entryOf(document.root, key)?.value.at ?? 0;
    if (!isUsable(value)) continue;
    first ??= { value, where: placeFrom(reading.source.placeAt(at), '') };
    if (first.value === value) continue;
    reading.problems.push({
      at,
      path: [key],
      message: `this is "${value}", but ${first.where} has "${first.value}"`,
      fix: `All files of a run must have the same ${key}; use the others in a separate run.`,
    });
  }
  return first?.value;
}

function isAccount(text: string | undefined): text is string {
  return text !== undefined && /^[a-z0-9-]{1,63}$/.test(text);
}

function isRegion(text: string | undefined): text is 'us' | 'eu' {
  return text === 'us' || text === 'eu';
}
