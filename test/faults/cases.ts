/** Every case of the matrix: row × variant × call class × page × once or always. */

import type { Cell, Row, Variant } from './cells.ts';
import { type Expected, expected } from './expected.ts';
import type { FaultMatch } from './lab.ts';
import { MATRIX } from './matrix.ts';
import { type CallClass, CLASSES, READS, type Target, WRITES } from './worlds.ts';

export interface Case {
  readonly name: string;
  readonly row: Row;
  readonly variant: Variant;
  readonly target: Target;
  readonly times: 1 | 'always';
  readonly expected: Expected;
}

export const CASES: readonly Case[] = MATRIX.flatMap((row) =>
  row.variants.flatMap((variant) =>
    CLASSES.filter((kind) => variant.classes.includes(kind))
      .flatMap((kind) => targetsOf(kind, variant))
      .flatMap((target) => casesOf(row, variant, target)),
  ),
);

/** One case of each row and class, alternately once and always: the cases for the whole program in the fast lane. */
export const FIRST_CASES: readonly Case[] = CASES.filter((one, index) => {
  const alike = CASES.filter(({ row, target }) => row === one.row && target.class === one.target.class);
  const wanted = (MATRIX.indexOf(one.row) + CLASSES.indexOf(one.target.class)) % 2 === 0 ? 1 : 'always';
  return CASES.indexOf(alike.find(({ times }) => times === wanted) ?? one) === index;
});

function casesOf(row: Row, variant: Variant, target: Target): Case[] {
  const cell = cellOf(row, target);
  if (cell.does === 'not apply') return [];
  return ([1, 'always'] as const).map((times) => ({
    name: `${row.id} ${row.title} (${variant.name}), ${times === 1 ? 'once' : 'always'}, at ${target.name}`,
    row,
    variant,
    target,
    times,
    expected: expected(row, target.class, cell, variant, times === 'always'),
  }));
}

function cellOf({ cells, listOfActions }: Row, { class: kind, path }: Target): Cell {
  return (kind === 'read' && path === '/extensions' ? listOfActions : undefined) ?? cells[kind];
}

function targetsOf(kind: CallClass, { everyPage }: Variant): readonly Target[] {
  if (kind !== 'read') return [WRITES[kind]];
  // At night, every variant meets every page.
  return everyPage || process.env.PDACTIONS_ALL === '1' ? READS : READS.slice(-2, -1);
}

/** The target as a matcher of sandbox faults. */
export function matchOf({ method, path, service, nth }: Target): FaultMatch {
  return {
    method,
    path,
    ...(service === undefined ? {} : { service }),
    ...(nth === undefined ? {} : { nth }),
  };
}
