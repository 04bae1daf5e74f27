import { isSeeded, type Resource, type SeededResource } from '../resource.ts';
import { RESOURCES } from '../resource-table.ts';

type InTable = (typeof RESOURCES)[number];

/** The resources that a seed can have, by their types. */
export type Seeded = Extract<InTable, { readonly row: unknown }>;

/** The same as values. A resource comes after those that it links to. */
export const SEEDED: readonly SeededResource[] = linkedFirst(distinct(RESOURCES));

/** @throws Error for two resources of one type, because they would share their records */
function distinct(all: readonly Resource[]): readonly Resource[] {
  const double = all.find((candidate) =>
    all.some((other) => other !== candidate && other.type === candidate.type),
  );
  if (double) throw new Error(`two resources have the type ${double.type}`);
  return all;
}

/** @throws Error for a link to a type that no resource has: a mistake of the resource's file */
function linkedFirst(all: readonly Resource[]): readonly SeededResource[] {
  const ordered = new Set<Resource>();
  const visit = (resource: Resource, path: readonly Resource[]): void => {
    if (ordered.has(resource) || path.includes(resource)) return;
    for (const { to } of isSeeded(resource) ? Object.values(resource.links) : []) {
      const target = all.find(({ type }) => type === to);
      if (!target) throw new Error(`the resource ${resource.type} links to ${to}, which is not a resource`);
      visit(target, [...path, resource]);
    }
    ordered.add(resource);
  };
  for (const resource of all) visit(resource, []);
  return [...ordered].filter(isSeeded);
}
