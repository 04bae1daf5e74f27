/**
 * Writes a live account as a configuration that syncs to no change: equal actions become one definition, values hidden by PagerDuty become
 * variables, and actions that cannot be declared are omitted, with the reason. Pure.
 */
import type { LiveAction, Service, Template } from '../../core/action.ts';
import { compareText } from '../../core/live.ts';
import {
  DefinitionWriter,
  type ExportedAction,
  type ExportedLiteral,
  type ExportedVariable,
  type ExportOptions,
} from './action.ts';
import type { Definition } from './definition.ts';
import { keysFor } from './names.ts';
import { type Selected, type SelectorScope, selectExactly } from './select.ts';
import { sortOut } from './sort.ts';

/** The configuration as a document, ready to be written as JSON or YAML. */
export interface ExportedDocument {
  readonly account?: string;
  readonly actions: Readonly<Record<string, ExportedAction>>;
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly prune: false;
}

export interface Exported {
  readonly document: ExportedDocument;
  /** The variables to set before the configuration is valid, each with its action. */
  readonly variables: readonly ExportedVariable[];
  /** Values in the document that look secret. */
  readonly literals: readonly ExportedLiteral[];
  /** Live actions that are not declared. */
  readonly left: readonly { readonly action: LiveAction; readonly why: string }[];
  /** Declared actions with a remark. */
  readonly notes: readonly { readonly action: LiveAction; readonly note: string }[];
  /** The names of the services that the document lists by id. */
  readonly serviceNames: ReadonlyMap<string, string>;
  /** The number of services it selects. */
  readonly services: number;
  /** Definitions with `${service.…}`, and the number of actions of each. */
  readonly patterns: readonly { readonly key: string; readonly actions: number }[];
  /** Teams and globs, and the number of services each matches now. */
  readonly wide: readonly { readonly selector: string; readonly services: number }[];
}

/**
 * Exports the actions on the given services.
 * @param services the services to export
 * @param all every service of the account, to find out which names are unique
 */
export function exportConfig(
  account: string | null,
  services: readonly Service[],
  all: readonly Service[],
  actions: readonly LiveAction[],
  options: ExportOptions = {},
): Exported {
  const sorted = services.toSorted((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
  const { definitions, left } = sortOut(sorted, actions, options);
  const keyed = withKeys(definitions);
  const writer = new DefinitionWriter(options);
  const written = keyed.map((action) => [action.key, writer.write(action.key, action)] as const);
  const keysOn = keysByService(keyed);
  const used = sorted.filter(({ id }) => keysOn.has(id));
  const entries = entriesFor(used, (id) => keysOn.get(id) ?? [], {
    // Without team and glob selectors each service is named.
    all,
    teams: options.teams ?? [],
    named: options.detail === true || options.named === true,
  });
  return {
    document: {
      ...(account === null ? {} : { account }),
      actions: Object.fromEntries(written.toSorted(([a], [b]) => compareKeys(a, b))),
      services: Object.fromEntries(entries.map(({ selector, keys: carried }) => [selector, carried])),
      prune: false,
    },
    variables: writer.variables,
    literals: writer.literals,
    left,
    notes: writer.notes,
    serviceNames: serviceNamesIn(entries),
    services: used.length,
    patterns: keyed
      .filter(({ pattern }) => pattern)
      .map(({ key, members }) => ({ key, actions: members.length })),
    wide: entries
      .filter(({ services: on }) => on.length > 1)
      .map(({ selector, services: on }) => ({ selector, services: on.length })),
  };
}

function withKeys(definitions: readonly Definition[]): readonly KeyedDefinition[] {
  const keys = keysFor(
    definitions.map(({ action, pattern, services }) => ({
      label: pattern ? literalsOf(pattern.label) : action.label,
      services,
    })),
  );
  return definitions.map((definition, index) => ({ ...definition, key: keys[index] as string }));
}

type KeyedDefinition = Definition & { readonly key: string };

/** The keys of the actions on each service that has some, sorted. */
function keysByService(
  definitions: readonly { readonly key: string; readonly services: readonly Service[] }[],
): ReadonlyMap<string, readonly string[]> {
  const keysOf = new Map<string, string[]>();
  for (const { key, services } of definitions) {
    for (const { id } of services) keysOf.set(id, [...(keysOf.get(id) ?? []), key]);
  }
  for (const keys of keysOf.values()) keys.sort(compareKeys);
  return keysOf;
}

/** The names of the services that are selected by id. */
function serviceNamesIn(entries: readonly SelectorEntry[]): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap(({ selector, services: [only, ...others] }): [string, string][] =>
      only && others.length === 0 && selector === `id:${only.id}` && only.name !== ''
        ? [[selector, only.name]]
        : [],
    ),
  );
}

/** One entry of `services`, with its matches. */
interface SelectorEntry extends Selected {
  readonly keys: readonly string[];
}

/** The entries of `services`, in the order of the first service that each matches. */
function entriesFor(
  used: readonly Service[],
  keysOf: (id: string) => readonly string[],
  { named, ...surroundings }: SelectorScope & { readonly named: boolean },
): SelectorEntry[] {
  const sets = new Map<string, { readonly keys: readonly string[]; readonly services: Service[] }>();
  for (const service of used) {
    const keys = keysOf(service.id);
    const set = named ? service.id : JSON.stringify(keys);
    const known = sets.get(set) ?? { keys, services: [] };
    sets.set(set, known);
    known.services.push(service);
  }
  const groups = [...sets.values()];
  const chosen = selectExactly(
    groups.map(({ services }) => services),
    surroundings,
  );
  const place = new Map(used.map(({ id }, index) => [id, index]));
  const first = ({ services }: SelectorEntry): number =>
    services.reduce((least, { id }) => Math.min(least, place.get(id) ?? 0), used.length);
  return groups
    .flatMap(({ keys }, index) =>
      (chosen[index] ?? []).map((selected): SelectorEntry => ({ ...selected, keys })),
    )
    .map((entry) => ({ entry, at: first(entry) }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}

/** The parts of a label besides the service, from which the key is made. */
function literalsOf(label: Template): string {
  return label.filter((part) => typeof part === 'string').join(' ');
}

/** `restart-2` before `restart-10`. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [a, b].map((key) => key.replace(/\d+/g, (digits) => digits.padStart(12, '0')));
  return compareText(left as string, right as string) || compareText(a, b);
}
