import type { Records } from './change.ts';
import type { Identified, State } from './state.ts';

/** The storage of one type's records; all but the type has a default. */
export interface RecordsSpec<Row extends Identified, Index> extends Partial<Pick<Records<Row>, 'initial'>> {
  readonly type: string;
  /** Finds records by another key than their id. */
  readonly index?: {
    empty(): Index;
    /** After a change; `before` is null for a new record, `after` for a removed one. */
    update(index: Index, before: Row | null, after: Row | null, state: State): void;
  };
  /** Default: the record shows itself and no other does. */
  shownBy?(row: Row): readonly string[] | null;
}

/** The records of a type. */
export function records<Row extends Identified, Index = undefined>(
  spec: RecordsSpec<Row, Index>,
): Records<Row, Index> {
  const { type } = spec;
  const self: Records<Row, Index> = {
    type,
    in: (state) => madeOnce(state.records, type, () => new Map()) as Map<string, Row>,
    index: (state) => madeOnce(state.indexes, type, () => spec.index?.empty()) as Index,
    reindex: (state, before, after) => spec.index?.update(self.index(state), before, after, state),
    shownBy: (row) => (spec.shownBy ? spec.shownBy(row) : [row.id]),
    initial: (account, switches) => spec.initial?.(account, switches) ?? [],
    put: (verb, value) => ({ op: 'put', records: self, verb, value }),
    remove: (id) => ({ op: 'remove', records: self, id }),
  };
  return self;
}

function madeOnce<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
