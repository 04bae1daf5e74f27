/** Derives the expected result of each cell of the matrix. */
import type { Reason } from '../../src/errors.ts';
import type { Cell, Row, Variant } from './cells.ts';
import type { CallClass } from './worlds.ts';

/** The expected result if a cell's fault happens once or always. */
export interface Expected {
  readonly exit: number;
  /** The number of attempts; null if it varies. */
  readonly sends: number | null;
  /** The status of the change; null for reads. */
  readonly status: 'applied' | 'not kept' | 'failed' | 'unknown' | null;
  readonly note?: string;
  /** True if changes to other services are made. */
  readonly others: boolean;
}

/** The expected result of a cell for one variant of its fault, once or always. */
export function expected(
  row: Row,
  kind: CallClass,
  cell: Exclude<Cell, { does: 'not apply' }>,
  variant: Variant,
  always: boolean,
): Expected {
  if (kind === 'read') return ofRead(row, cell, always);
  const good = { exit: 0, status: 'applied', others: true } as const;
  const open = { exit: row.exit.write, status: 'unknown', others: true } as const;
  switch (cell.does) {
    case 'takes it':
      return { ...good, sends: 1 };
    case 'shows':
      return { exit: row.exit.write, status: cell.status, others: true, sends: 1 };
    case 'gives up':
      return { exit: row.exit.write, status: 'failed', others: cell.on === 'the service', sends: 1 };
    case 'verifies':
      if (variant.commits) return { ...good, sends: 1, note: 'confirmed by read' };
      return always ? { ...open, sends: 2 } : { ...good, sends: 2 };
    case 'looks':
      if (variant.commits) return { ...good, sends: 1 };
      if (!cell.again) return { ...open, sends: 1 };
      return always ? { ...open, sends: 2 } : { ...good, sends: 2 };
    case 'resends': {
      if (!always) return { ...good, sends: 2 };
      const sends = cell.most + 1;
      // Header values cannot be read back, so an update with headers stays unknown; other writes can be checked.
      if (variant.commits && (kind !== 'update' || variant.says)) return { ...good, sends };
      const certain = row.reason !== null && NOT_EXECUTED.has(row.reason);
      return { ...open, status: certain ? 'failed' : 'unknown', sends };
    }
  }
}

/** With these reasons, the request was certainly not carried out. */
const NOT_EXECUTED: ReadonlySet<Reason> = new Set<Reason>(['rate_limited', 'network', 'dns', 'conflict']);

function ofRead(row: Row, cell: Exclude<Cell, { does: 'not apply' }>, always: boolean): Expected {
  const ended = { exit: row.exit.read, status: null, others: false };
  if (cell.does !== 'resends') return { ...ended, sends: 1 };
  return always ? { ...ended, sends: cell.most + 1 } : { exit: 0, status: null, others: true, sends: null };
}
