/**
 * Declares a resource of the simulated account, once, in a file of `resources/`. Its part of the state, of seeds, of edits, of data
 * files and of the API follows from that: code for all resources reads `resource-table.ts`, which `npm run generate` writes.
 */

import type { Records } from './account/change.ts';
import { type RecordsSpec, records } from './account/records.ts';
import type { Identified, State } from './account/state.ts';
import type * as z from './shapes.ts';
import { getRoute, listRoute, type ReadSpec } from './wire/reads.ts';
import type { ApiRoute } from './wire/route.ts';

/** A member of a seed entry that names records of another type. */
export interface Link<Entry> {
  /** The `type` of those records. */
  readonly to: string;
  /** The member that names them; `id` by default. */
  readonly by?: string;
  of(entry: Entry): readonly string[];
}

/** A mistake in a seed entry that its shape alone does not reveal. */
export interface Slip {
  /** The member. */
  readonly at: string;
  readonly message: string;
}

/** The context that turns a seed entry into a record. */
export interface Making {
  /** Before this seed or edit is added, with only the records of every account. */
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The place of the entry in its list, from 0. */
  readonly place: number;
}

interface Common<Plural extends string, Row extends Identified, Index> extends RecordsSpec<Row, Index> {
  /** The member of a seed and of a data file that lists these records. */
  readonly plural: Plural;
  /** For a resource of several files, which use its records: those. */
  readonly records?: Records<Row, Index>;
  /** One record as the API shows it. Enables `GET /plural` and `GET /plural/{id}`. */
  view?(state: State, row: Row, include: ReadonlySet<string>): unknown;
  /** PagerDuty has no `GET /plural/{id}` for it. */
  readonly only?: 'list';
  /** See `ReadSpec`. */
  readonly find?: ReadSpec<Row>['find'];
  /** The names on the wire, if they are not `type` and `plural`. */
  readonly wire?: Pick<ReadSpec<Row>, 'single' | 'many'>;
  /** Further routes; they are matched before those of `view`. */
  readonly routes?: readonly ApiRoute[];
}

interface InSeed<Shape extends z.core.$ZodType> {
  /** The shape of an entry in a seed. */
  readonly seed: Shape;
  /** By member. Each record that an entry names must be in the seed, or in every account. */
  readonly links?: Readonly<Record<string, Link<z.output<Shape>>>>;
  slips?(entry: z.output<Shape>): readonly Slip[];
  /** Ids inside an entry, by their place in it, which must be unique in the seed. */
  innerIds?(entry: z.output<Shape>): Readonly<Record<string, readonly Identified[]>>;
  /** The dependent records that an edit removes with one of another type. */
  follow?(state: State, type: string, id: string): readonly string[];
}

interface Converted<Shape extends z.core.$ZodType, Row, Kept extends z.core.$ZodType> {
  row(entry: z.output<Shape>, making: Making): Row;
  /** The shape of a record in a data file. It must accept files of earlier versions: a newer member needs a default. */
  readonly kept: Kept;
  keep?(row: Row, state: State): z.output<Kept>;
  restore?(kept: z.output<Kept>, state: State): Row;
}

/** The parts that all resources have. */
export interface Resource<Row extends Identified = Identified, Index = unknown> extends Records<Row, Index> {
  readonly plural: string;
  readonly routes: readonly ApiRoute[];
  /** Null: no seed, edit or data file has any. */
  readonly seed: z.core.$ZodType | null;
}

/** A resource that a seed can have. */
export interface SeededResource<
  Plural extends string = string,
  Shape extends z.core.$ZodType = z.core.$ZodType,
  Row extends Identified = Identified,
  Kept extends z.core.$ZodType = z.core.$ZodType,
  Index = unknown,
> extends Resource<Row, Index>,
    Omit<InSeed<Shape>, 'seed' | 'links'> {
  readonly plural: Plural;
  readonly seed: Shape;
  readonly kept: Kept;
  readonly links: Readonly<Record<string, Link<unknown>>>;
  row(entry: z.output<Shape>, making: Making): Row;
  keep(row: Row, state: State): z.output<Kept>;
  restore(kept: z.output<Kept>, state: State): Row;
}

/** Declares a resource whose records have the shape of a seed entry. */
export function resource<P extends string, S extends z.core.$ZodType<Identified>, I = undefined>(
  spec: Common<P, z.output<S>, I> & InSeed<S> & { readonly row?: never; readonly kept?: never },
): SeededResource<P, S, z.output<S>, S, I>;
/** Declares a resource whose seed entries become records of another shape. */
export function resource<
  P extends string,
  S extends z.core.$ZodType,
  R extends Identified,
  K extends z.core.$ZodType,
  I = undefined,
>(spec: Common<P, R, I> & InSeed<S> & Converted<S, R, K>): SeededResource<P, S, R, K, I>;
/** Declares a resource that no seed has: every account has the same, or its records are part of others. */
export function resource<R extends Identified, I = undefined>(
  spec: Common<string, R, I> & { readonly seed?: never },
): Resource<R, I> & { readonly seed: null };
export function resource(
  spec: Common<string, Identified, unknown> &
    Partial<InSeed<z.core.$ZodType> & Converted<z.core.$ZodType, Identified, z.core.$ZodType>>,
): Resource {
  const { seed = null, records: rows = records(spec) } = spec;
  const base = { ...rows, plural: spec.plural, routes: routesOf(spec, rows) };
  if (!seed) return { ...base, seed };
  return {
    kept: seed,
    row: (entry: Identified) => entry,
    keep: (row: Identified) => row,
    restore: (kept: Identified) => kept,
    links: {},
    ...spec,
    ...base,
    seed,
  } as SeededResource;
}

function routesOf(
  {
    type,
    plural,
    view,
    find,
    only,
    wire = { single: type, many: plural },
    routes = [],
  }: Common<string, Identified, unknown>,
  rows: Records,
): readonly ApiRoute[] {
  if (!view) return routes;
  const reading = { ...wire, rows, view, find };
  return [...routes, listRoute(reading), ...(only ? [] : [getRoute(reading)])];
}

/** True for a resource that a seed can have. */
export function isSeeded(candidate: Resource): candidate is SeededResource {
  return candidate.seed !== null;
}
