import type { ActionSpec } from '../../src/core/action.ts';
import type { GuardPolicy } from '../../src/core/guard.ts';
import type { Declaration } from '../../src/core/normalize.ts';
import type { PlanPolicy } from '../../src/core/plan.ts';
import { labelOf } from '../../src/core/plan.ts';
import { parseSelector, type Selector } from '../../src/core/selector.ts';
import { type ApplySettings, applyPlan } from '../../src/engine/apply.ts';
import { type Prepared, prepare } from '../../src/engine/prepare.ts';
import type { ChangeOutcome, RunReport } from '../../src/engine/report.ts';
import type { AskedSelector } from '../../src/engine/resolve.ts';
import type { ActionStore } from '../../src/pagerduty/store.ts';
import { createVirtualClock, type VirtualClock } from '../helpers/virtual-clock.ts';

export const NO_POLICY: PlanPolicy = { enable: false, rotate: null };

/** A selector from its text. */
export function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if ('invalid' in parsed) throw new Error(parsed.invalid);
  return parsed;
}

/** Selectors as given to `--service`. */
export function asking(...texts: readonly string[]): AskedSelector[] {
  return texts.map((text) => ({ selector: selector(text) }));
}

/** A declaration: for each selector, the actions that its services should have. */
export function declare(
  services: Readonly<Record<string, readonly ActionSpec[]>>,
  fields: Partial<Pick<Declaration, 'account' | 'prune'>> = {},
): Declaration {
  const actions = new Map(Object.values(services).flatMap((list) => list.map((spec) => [spec.key, spec])));
  const selections = Object.entries(services).map(([text, list]) => ({
    selector: selector(text),
    actionKeys: list.map(({ key }) => key),
  }));
  return { prune: false, actions, selections, ...fields };
}

export interface SyncOptions extends Partial<Omit<ApplySettings, 'clock' | 'readAt'>> {
  readonly clock?: VirtualClock;
  readonly policy?: Partial<PlanPolicy>;
  readonly guard?: GuardPolicy;
  readonly only?: readonly AskedSelector[];
  /** Called between the plan and its first write. */
  readonly between?: (prepared: Prepared) => void | Promise<void>;
}

/** Reads and plans. */
export function planOn(
  store: ActionStore,
  declaration: Declaration,
  options: SyncOptions = {},
): Promise<Prepared> {
  return prepare(store, {
    declaration,
    policy: { ...NO_POLICY, ...options.policy },
    guard: options.guard ?? { allowEmpty: false },
    only: options.only,
    clock: options.clock ?? createVirtualClock(),
  });
}

/** Reads, plans and applies, as `sync --yes` does. */
export async function syncOn(
  store: ActionStore,
  declaration: Declaration,
  options: SyncOptions = {},
): Promise<RunReport> {
  const clock = options.clock ?? createVirtualClock();
  const prepared = await planOn(store, declaration, { ...options, clock });
  if (prepared.plan.refusals.length > 0) throw new Error(JSON.stringify(prepared.plan.refusals));
  await options.between?.(prepared);
  return applyPlan(prepared.plan, store, {
    concurrency: options.concurrency ?? 1,
    clock,
    readAt: prepared.readAt,
    interrupted: options.interrupted,
    onOutcome: options.onOutcome,
  });
}

/** An outcome in a few words: `create Restart applied (recreated)`. */
export function brief(outcome: ChangeOutcome): string {
  const { change, status } = outcome;
  const label = labelOf(change);
  const more = moreOf(outcome);
  return `${change.kind} ${label} ${status}${more === undefined ? '' : ` (${more})`}`;
}

function moreOf(outcome: ChangeOutcome): string | undefined {
  switch (outcome.status) {
    case 'applied':
    case 'differs':
      return outcome.note;
    case 'not kept':
      return outcome.fields.join(', ');
    case 'skipped':
      return outcome.why;
    case 'withdrawn':
      return undefined;
    default:
      return String(outcome.error.reason);
  }
}
