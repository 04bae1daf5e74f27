/**
 * A live account as a configuration that syncs to no change: equal actions become one definition, what PagerDuty hides becomes a
 * variable to set, and what cannot be declared is left out, with the reason. Pure.
 */
import type { LiveAction, Service } from '../../core/action.ts';
import { compareText } from '../../core/live.ts';
import { parseSelector } from '../../core/selector.ts';
import { checkLabel } from '../check/label.ts';
import {
  type ExportedAction,
  type ExportedLiteral,
  type ExportedVariable,
  type ExportOptions,
  writers,
} from './action.ts';
import { isPrototypeKey, keysFor } from './names.ts';
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
  /** The names of the services that stand in the document by their ids. */
  readonly serviceNames: ReadonlyMap<string, string>;
}

/**
 * Exports the actions on the given services.
 * @param services those whose actions are wanted
 * @param all every service of the account, to tell which names are unique
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
  const keys = keysFor(
    definitions.map(({ action, services: on }) => ({ label: action.label, services: on })),
  );
  const { write, variables, literals, notes } = writers(options);
  const written = definitions.map(({ action, members }, index) => {
    const key = keys[index] as string;
    return [key, write(key, action, members)] as const;
  });
  const keysOn = new Map(sorted.map(({ id }): [string, string[]] => [id, []]));
  for (const [index, { services: on }] of definitions.entries()) {
    for (const { id } of on) keysOn.get(id)?.push(keys[index] as string);
  }
  const used = sorted.filter(({ id }) => keysOn.get(id)?.length);
  const selectorOf = selectors(all);
  return {
    document: {
      ...(account === null ? {} : { account }),
      actions: Object.fromEntries(written.toSorted(([a], [b]) => compareKeys(a, b))),
      services: Object.fromEntries(
        used.map((service) => [selectorOf(service), keysOn.get(service.id)?.toSorted(compareKeys) ?? []]),
      ),
      prune: false,
    },
    variables: variables(),
    literals,
    left,
    notes,
    serviceNames: new Map(
      used
        .map((service): [string, string] => [selectorOf(service), service.name])
        .filter(([selector, name]) => selector !== name && name !== ''),
    ),
  };
}

/** A name where it is unique and reads as a name; an id otherwise. */
function selectors(all: readonly Service[]): (service: Service) => string {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return ({ id, name }) => {
    const selector = parseSelector(name);
    const isName =
      'kind' in selector && selector.kind === 'name' && checkLabel(name).ok && !isPrototypeKey(name);
    return isName && counts.get(name) === 1 ? name : `id:${id}`;
  };
}

/** `restart-2` before `restart-10`. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [a, b].map((key) => key.replace(/\d+/g, (digits) => digits.padStart(12, '0')));
  return compareText(left as string, right as string) || compareText(a, b);
}
