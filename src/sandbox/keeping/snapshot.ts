/** The account as plain data: for display, and for the data file. */

import { applyChange } from '../account/change.ts';
import type { State } from '../account/state.ts';
import type { Switches } from '../account/switches.ts';
import { isObject } from '../narrow.ts';
import { emptyState } from '../seed/account.ts';
import { SEEDED, type Seeded } from '../seed/seeded.ts';
import * as z from '../shapes.ts';

/** The records of each resource, without those of every account. */
type Lists = { readonly [One in Seeded as One['plural']]: readonly z.output<One['kept']>[] };

/** A deep copy of the account, with real header values and client secrets. Switches and times are no part of it. */
export type Snapshot = { readonly version: 1; readonly account: string; readonly sequence: number } & Lists;

/** @returns a copy that later changes do not touch */
export function snapshotOf(state: State): Snapshot {
  const { account, sequence, switches } = state;
  const usual = emptyState(account, '', switches);
  const lists = SEEDED.map((resource) => {
    const added = [...resource.in(state).values()].filter(({ id }) => !resource.in(usual).has(id));
    return [resource.plural, added.map((row) => resource.keep(row, state))];
  });
  return structuredClone({ version: 1, account, sequence, ...Object.fromEntries(lists) });
}

/** The lists of the first version. One of them is in every data file; later ones are empty in older files. */
const FIRST_LISTS = ['teams', 'services', 'extensions', 'incidents'];

const snapshot = z.object({
  account: z.string(),
  sequence: z.number(),
  ...Object.fromEntries(
    SEEDED.map(({ plural, kept }) => [
      plural,
      FIRST_LISTS.includes(plural) ? z.array(kept) : z._default(z.array(kept), []),
    ]),
  ),
});

/** The state of a snapshot, or its damage. */
export function stateFromSnapshot(value: unknown, token: string, switches: Switches): State | string {
  if (!isObject(value)) return 'it does not contain a JSON object';
  if (value.version !== 1) return `its version is ${JSON.stringify(value.version) ?? 'missing'}, not 1`;
  const result = z.check(snapshot, value);
  if (!result.success) return firstProblem(result.error);
  const { account, sequence, ...lists } = result.data;
  const state = emptyState(account, token, switches);
  for (const resource of SEEDED) {
    for (const kept of (lists as Readonly<Record<string, readonly unknown[]>>)[resource.plural] ?? []) {
      applyChange(state, resource.put('create', resource.restore(kept, state)));
    }
  }
  state.sequence = sequence;
  return state;
}

/** The file is the sandbox's own: a problem means damage, so one position is enough. */
export function firstProblem({ issues: [issue] }: z.core.$ZodError, within: readonly string[] = []): string {
  return `${[...within, ...(issue?.path ?? [])].join('.')} is invalid: ${issue?.message}`;
}
