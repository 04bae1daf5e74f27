import { isSeeded, type Resource, type SeededResource } from '../resource.ts';
import { RESOURCES } from '../resource-table.ts';

type InTable = (typeof RESOURCES)[number];

/** The resources that a seed can have, by their types. */
export type Seeded = Extract<InTable, { readonly row: unknown }>;

/** The same as values. A resource comes after those that it links to. */
export const SEEDED: readonly SeededResource[] = linkedFirst(distinct(RESOURCES));

/** @throws Error for two resources of one type, because they would share their records */
function distinct(all: readonly Resource[]): readonly Resource[] {
  const double = all.find((one) => all.some((other) => other !== one && other.type === one.type));
  if (double) throw new Error(`two resources have the type ${double.type}`);
  return all;
}

/** @throws Error for a link to a type that no resource has: a mistake of the resource's file */
function linkedFirst(all: readonly Resource[]): readonly SeededResource[] {
  const ordered = new Set<Resource>();
  const visit = (one: Resource, path: readonly Resource[]): void => {
    if (ordered.has(one) || path.includes(one)) return;
    for (const { to } of isSeeded(one) ? Object.values(one.links) : []) {
      const target = all.find(({ type }) => type === to);
      if (!target) throw new Error(`the resource ${one.type} links to ${to}, which is not a resource`);
      visit(target, [...path, one]);
    }
    ordered.add(one);
  };
  for (const one of all) visit(one, []);
  return [...ordered].filter(isSeeded);
}
