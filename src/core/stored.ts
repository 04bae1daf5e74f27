/** Compares what PagerDuty shows after a write with what was written. An answer with an id is the truth about that id. */
import type { LiveAction } from './action.ts';
import { diffAction, type FieldDiff } from './diff.ts';
import { namesMissingFrom } from './header-names.ts';
import type { Change } from './plan.ts';

/** The part of a change that PagerDuty did not keep; `action`: the whole action is missing, or still there after a delete. */
export type Unkept = FieldDiff['field'] | 'disabled' | 'action';

/** The result of a change, judged by what PagerDuty shows now. */
export type Stored =
  | { readonly is: 'as written' }
  /** Stored otherwise: `before` of a field is what PagerDuty has, `after` what was sent. */
  | {
      readonly is: 'differs';
      readonly fields: readonly FieldDiff[];
      /** Names of headers that the change did not mention and that are gone (U4). */
      readonly lost: readonly string[];
    }
  /** Still as before the change (fact 56). */
  | { readonly is: 'not kept'; readonly fields: readonly Unkept[] };

const AS_WRITTEN: Stored = { is: 'as written' };

/**
 * Compares what is shown with what a change wanted.
 * @param id the action that the change ended with; another one than the change's where it was created anew
 * @param now what PagerDuty shows under that id; null when it shows nothing
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
    // An endpoint in the form that PagerDuty makes of it was kept, and is stored otherwise each time.
    fields.every((diff) => same(diff.field, before, now) && !isStoredForm(diff));
  return isUnkept
    ? { is: 'not kept', fields: fields.map(({ field }) => field) }
    : { is: 'differs', fields, lost };
}

/** Header names that were known before a write and are no longer shown; none where PagerDuty does not tell names (U5). */
export function lostHeaders(before: LiveAction | null, now: LiveAction): string[] {
  return now.headerNames === null ? [] : namesMissingFrom(now.headerNames, before?.headerNames ?? []);
}

/** True if two readings of an action show the same contents. */
export function showsTheSame(a: LiveAction, b: LiveAction): boolean {
  return (['label', 'url', 'headers'] as const).every((field) => same(field, a, b));
}

/** True for an endpoint that PagerDuty may have made of the declared one. */
export function isStoredForm(diff: FieldDiff): boolean {
  return diff.field === 'url' && diff.storedForm === true;
}

function same(field: FieldDiff['field'], a: LiveAction, b: LiveAction): boolean {
  if (field === 'label' || field === 'url') return a[field] === b[field];
  const [one, other] = [a.headerNames, b.headerNames];
  if (one === null || other === null) return one === other;
  return namesMissingFrom(one, other).length + namesMissingFrom(other, one).length === 0;
}
