/**
 * The guards: changes that need explicit consent. The same verdict in a preview and before an apply, after the plan
 * was shown.
 */
import { parseUrl } from '../parse-url.ts';
import { type Change, changesOf, type Plan } from './plan.ts';

/** At most this many deletes need no confirmation. */
const FREE_DELETES = 3;
/** Beyond that, this share of the actions in scope. */
const DELETE_SHARE = 0.3;

export interface GuardPolicy {
  /** `--max-deletes`. */
  readonly maxDeletes?: number | undefined;
  /** `--allow-empty`. */
  readonly allowEmpty: boolean;
  /** `--keep-headers`, or a terminal on which the user reads the plan's warning before the question. */
  readonly keepHeaders?: boolean | undefined;
}

/** An update that sends stored headers to another origin: the config does not mention them, so they stay. */
export interface MovedHeaders {
  readonly id: string;
  readonly label: string;
  readonly service: { readonly id: string; readonly name: string };
  readonly headers: readonly string[];
}

export type GuardVerdict =
  | {
      readonly guard: 'max-deletes';
      readonly deletes: number;
      readonly limit: number;
      /** Custom incident actions on all services in scope. */
      readonly inScope: number;
    }
  | { readonly guard: 'allow-empty'; readonly deletes: number }
  | { readonly guard: 'keep-headers'; readonly actions: readonly MovedHeaders[] };

/** Every guard that the plan violates; empty if it may be applied. */
export function checkGuards(plan: Plan, policy: GuardPolicy): GuardVerdict[] {
  const moved = policy.keepHeaders ? [] : changesOf(plan).flatMap((change) => movedHeaders(change) ?? []);
  return [
    ...checkDeletes(plan, policy),
    ...(moved.length > 0 ? [{ guard: 'keep-headers', actions: moved } as const] : []),
  ];
}

/** The stored headers of an update that would reach another origin, possibly by mistake. */
export function movedHeaders(change: Change): MovedHeaders | undefined {
  if (change.kind !== 'update' || change.after.headers !== null) return undefined;
  const { id, before, after, service, fields } = change;
  if (!before.headerNames?.length || !fields.some(({ field }) => field === 'url')) return undefined;
  const [from, to] = [before.url, after.url].map((url) => parseUrl(url ?? '')?.origin);
  if (from === to) return undefined;
  return { id, label: after.label, service, headers: before.headerNames };
}

function checkDeletes(plan: Plan, policy: GuardPolicy): GuardVerdict[] {
  const deletes = changesOf(plan).filter((change) => change.kind === 'delete').length;
  if (deletes === 0) return [];
  const verdicts: GuardVerdict[] = [];
  const inScope = plan.services.reduce((sum, { live }) => sum + live.writable.length, 0);
  const limit = policy.maxDeletes ?? Math.max(FREE_DELETES, Math.floor(inScope * DELETE_SHARE));
  if (deletes > limit) verdicts.push({ guard: 'max-deletes', deletes, limit, inScope });
  if (declaresNothing(plan) && !policy.allowEmpty) verdicts.push({ guard: 'allow-empty', deletes });
  return verdicts;
}

/** Deletes everything and keeps or creates nothing, which is more likely a lost file than intent. */
function declaresNothing(plan: Plan): boolean {
  return plan.services.every(
    ({ changes, unchanged }) =>
      unchanged.length === 0 && changes.every(({ kind }) => kind === 'delete' || kind === 'enable'),
  );
}
