/** Problems of a seed beyond the shapes of its entries: between them, and inside one. */

import type { Problem } from '../../errors.ts';
import type { Identified } from '../account/state.ts';
import type { Switches } from '../account/switches.ts';
import type { Link, SeededResource } from '../resource.ts';
import { RESOURCES } from '../resource-table.ts';
import { SEEDED } from './seeded.ts';

type Finding = Omit<Problem, 'file'>;

/** The lists of a seed by their names, and the account that they are for. */
interface SeedLists {
  readonly account: string;
  readonly switches: Switches;
  readonly lists: Readonly<Record<string, readonly Identified[]>>;
}

/** Duplicate ids, broken links, and the problems that the resources find in their own entries. */
export function brokenLinks(seed: SeedLists): readonly Finding[] {
  return [
    ...doubles(seed),
    ...SEEDED.flatMap((resource) => [...dangling(seed, resource), ...slips(seed, resource)]),
  ];
}

interface Placed {
  readonly entry: Identified;
  /** For example `services.0`. */
  readonly path: string;
}

function entriesOf({ lists }: SeedLists, { plural }: SeededResource): readonly Placed[] {
  return (lists[plural] ?? []).map((entry, at) => ({ entry, path: `${plural}.${at}` }));
}

function doubles(seed: SeedLists): readonly Finding[] {
  const seen = new Set<string>();
  return SEEDED.flatMap((resource) =>
    entriesOf(seed, resource).flatMap((placed) => idsIn(resource, placed)),
  ).flatMap(({ id, path }) => {
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst ? [] : [{ path: `${path}.id`, message: `duplicate id ${id}` }];
  });
}

function idsIn(resource: SeededResource, { entry, path }: Placed): readonly { id: string; path: string }[] {
  const inner = Object.entries(resource.innerIds?.(entry) ?? {});
  return [
    { id: entry.id, path },
    ...inner.flatMap(([member, list]) => list.map(({ id }, at) => ({ id, path: `${path}.${member}.${at}` }))),
  ];
}

function dangling(seed: SeedLists, resource: SeededResource): readonly Finding[] {
  return Object.entries(resource.links).flatMap(([member, link]) => {
    const known = namesOf(seed, link);
    return entriesOf(seed, resource).flatMap(({ entry, path }) =>
      link
        .of(entry)
        .filter((name) => !known.has(name))
        .map((name) => ({ path: `${path}.${member}`, message: `unknown ${link.to} ${name}` })),
    );
  });
}

/** The names of the records that a link may refer to: those of the seed, and those of every account. */
function namesOf(
  { account, switches, lists }: SeedLists,
  { to, by = 'id' }: Link<unknown>,
): ReadonlySet<unknown> {
  const target = RESOURCES.find(({ type }) => type === to);
  if (!target) return new Set();
  const records = [...target.initial(account, switches), ...(lists[target.plural] ?? [])];
  return new Set(records.map((record) => (record as Readonly<Record<string, unknown>> & Identified)[by]));
}

function slips(seed: SeedLists, resource: SeededResource): readonly Finding[] {
  return entriesOf(seed, resource).flatMap(({ entry, path }) =>
    (resource.slips?.(entry) ?? []).map(({ at, message }) => ({ path: `${path}.${at}`, message })),
  );
}
