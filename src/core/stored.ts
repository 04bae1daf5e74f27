/** Compares PagerDuty's state after a write with the write. An answer with an id is the truth about that id. */
import type { LiveAction } from './action.ts';
import { diffAction, type FieldDiff } from './diff.ts';
import { namesMissingFrom } from './headers/header-names.ts';
import type { Change } from './plan.ts';

/** The part of a change that PagerDuty did not store; `action`: the whole action is missing, or still exists after a delete. */
export type Unkept = FieldDiff['field'] | 'disabled' | 'action';

/** The result of a change, according to PagerDuty's current state. */
export type Stored =
  | { readonly is: 'as written' }
  /** Stored differently: `before` of a field is PagerDuty's value, `after` the sent one. */
  | {
      readonly is: 'differs';
      readonly fields: readonly FieldDiff[];
      /** Names of headers that the change did not mention and that are gone (U4). */
      readonly lost: readonly string[];
    }
  /** Unchanged by the write (fact 56). */
  | { readonly is: 'not kept'; readonly fields: readonly Unkept[] };

const AS_WRITTEN: Stored = { is: 'as written' };

/**
 * Compares the current state with a change.
 * @param id the resulting action; not the change's own if it was created anew
 * @param now PagerDuty's action with that id; null if it shows none
 */
export function judgeStored(change: Change, id: string, now: LiveAction | null): Stored {
  if (change.kind === 'delete') return now === null ? AS_WRITTEN : { is: 'not kept', fields: ['action'] };
  if (now === null) return { is: 'not kept', fields: ['action'] };
  if (change.kind === 'enable' && change.id === id) {
    return now.disabled === true ? { is: 'not kept', fields: ['disabled'] } : AS_WRITTEN;
  }
  if (!change.after) return AS_WRITTEN;
  const fields = diffAction(change.after, now);
  const before = change.kind === 'update' && change.id === id ? change.before : null;
  const lost = change.after.headers === null ? lostHeaders(before, now) : [];
  if (fields.length + lost.length === 0) return AS_WRITTEN;
  const isUnkept =
    before !== null &&
    lost.length === 0 &&
    // PagerDuty's normalised form of an endpoint counts as kept, because it would be stored the same way each time.
    fields.every((diff) => same(diff.field, before, now) && !isStoredForm(diff));
  return isUnkept
    ? { is: 'not kept', fields: fields.map(({ field }) => field) }
    : { is: 'differs', fields, lost };
}

/** Header names that were known before a write and are no longer shown; none if PagerDuty hides names (U5). */
export function lostHeaders(before: LiveAction | null, now: LiveAction): string[] {
  return now.headerNames === null ? [] : namesMissingFrom(now.headerNames, before?.headerNames ?? []);
}

/** True if two reads of an action show the same contents. */
export function showsTheSame(a: LiveAction, b: LiveAction): boolean {
  return (['label', 'url', 'headers'] as const).every((field) => same(field, a, b));
}

/** True for an endpoint that may be PagerDuty's form of the declared one. */
export function isStoredForm(diff: FieldDiff): boolean {
  return diff.field === 'url' && diff.storedForm === true;
}

function same(field: FieldDiff['field'], a: LiveAction, b: LiveAction): boolean {
  if (field === 'label' || field === 'url') return a[field] === b[field];
  const [left, right] = [a.headerNames, b.headerNames];
  if (left === null || right === null) return left === right;
  return namesMissingFrom(left, right).length + namesMissingFrom(right, left).length === 0;
}
