/** The parts of a plan document that reveal changes. A file may contain anything (T35), so values of another type are dropped. */
import { cutText } from '../../cut.ts';
import { fieldOf, objectOf, objectsOf, textOf } from '../../json-fields.ts';

export interface SavedRef {
  readonly id: string;
  readonly label: string;
}

export interface SavedChange {
  readonly kind: string;
  readonly service: { readonly id: string; readonly name: string };
  readonly label: string;
  /** Both sides are only compared, and only the names of their members shown. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface SavedService {
  readonly id: string;
  readonly name: string;
  readonly prune: boolean | undefined;
  readonly unchanged: readonly SavedRef[];
  readonly unmanaged: readonly SavedRef[];
  readonly disabled: readonly SavedRef[];
}

/** The parts of a service that a plan does not show, as digests of both sides. */
export interface SavedSides {
  readonly id: string;
  readonly config: string;
  readonly live: string;
}

export interface SavedRows {
  readonly changes: readonly SavedChange[];
  readonly services: readonly SavedService[];
  readonly sides: readonly SavedSides[];
}

/** Reads a document of `planDocument` with the `sides` that a saved plan has, or anything in its place. */
export function readRows(document: unknown): SavedRows {
  return {
    changes: objectsOf(document, 'changes').map(changeOf),
    services: objectsOf(document, 'services').map(serviceOf),
    sides: objectsOf(document, 'sides').map((row) => ({
      id: shown(row, 'id'),
      config: shown(row, 'config'),
      live: shown(row, 'live'),
    })),
  };
}

function changeOf(row: unknown): SavedChange {
  const service = objectOf(row, 'service');
  return {
    kind: shown(row, 'kind'),
    service: { id: shown(service, 'id'), name: shown(service, 'name') },
    label: shown(objectOf(row, 'after'), 'label') || shown(objectOf(row, 'before'), 'label'),
    before: fieldOf(row, 'before'),
    after: fieldOf(row, 'after'),
  };
}

function serviceOf(row: unknown): SavedService {
  const prune = fieldOf(row, 'prune');
  return {
    id: shown(row, 'id'),
    name: shown(row, 'name'),
    prune: typeof prune === 'boolean' ? prune : undefined,
    unchanged: refsOf(row, 'unchanged'),
    unmanaged: refsOf(row, 'unmanaged'),
    disabled: refsOf(row, 'disabled'),
  };
}

function refsOf(row: unknown, key: string): readonly SavedRef[] {
  return objectsOf(row, key).map((ref) => ({ id: shown(ref, 'id'), label: shown(ref, 'label') }));
}

const LONGEST_SHOWN = 100;

function shown(row: unknown, key: string): string {
  return cutText(textOf(row, key), LONGEST_SHOWN);
}
