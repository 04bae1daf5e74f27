/**
 * The guards: what must not happen without somebody saying so. The same verdict in a preview and before an apply, after the plan
 * was shown.
 */
import { changesOf, type Plan } from './plan.ts';

/** This many deletes never need a word. */
const FREE_DELETES = 3;
/** Beyond that, this share of the actions in scope. */
const DELETE_SHARE = 0.3;

export interface GuardPolicy {
  /** `--max-deletes`. */
  readonly maxDeletes?: number | undefined;
  /** `--allow-empty`. */
  readonly allowEmpty: boolean;
}

export type GuardVerdict =
  | {
      readonly guard: 'max-deletes';
      readonly deletes: number;
      readonly limit: number;
      /** Custom incident actions on all services in scope. */
      readonly inScope: number;
    }
  | { readonly guard: 'allow-empty'; readonly deletes: number };

/** Every guard that the plan runs into; empty when it may be applied. */
export function checkGuards(plan: Plan, policy: GuardPolicy): GuardVerdict[] {
  const deletes = changesOf(plan).filter((change) => change.kind === 'delete').length;
  if (deletes === 0) return [];
  const verdicts: GuardVerdict[] = [];
  const inScope = plan.services.reduce((sum, { live }) => sum + live.own.length, 0);
  const limit = policy.maxDeletes ?? Math.max(FREE_DELETES, Math.floor(inScope * DELETE_SHARE));
  if (deletes > limit) verdicts.push({ guard: 'max-deletes', deletes, limit, inScope });
  if (declaresNothing(plan) && !policy.allowEmpty) verdicts.push({ guard: 'allow-empty', deletes });
  return verdicts;
}

/** Everything would go and nothing stay or come: more likely a lost file than a wish. */
function declaresNothing(plan: Plan): boolean {
  return plan.services.every(
    ({ changes, unchanged }) =>
      unchanged.length === 0 && changes.every(({ kind }) => kind === 'delete' || kind === 'enable'),
  );
}
