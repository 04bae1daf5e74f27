/** From a config to a checked plan: the same for `plan`, `sync` and the library. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Show } from '../core/digest.ts';
import type { PlanPolicy } from '../core/plan.ts';
import { type Prepared, prepare } from '../engine/prepare.ts';
import type { AskedSelector } from '../engine/resolve.ts';
import type { ActionStore } from '../pagerduty/store.ts';

/** The settings of a plan, and the limits on its changes. */
export interface PlanSettings {
  /** Only these services of the config. */
  readonly only: readonly AskedSelector[];
  /** Replaces the file's own `prune`; a selector with `prune: false` keeps it. */
  readonly prune: boolean;
  readonly enable: boolean;
  readonly rotate: PlanPolicy['rotate'];
  readonly maxDeletes: number | undefined;
  readonly allowEmpty: boolean;
  readonly keepHeaders: boolean;
}

/** Reads, plans, checks. Writes nothing. @throws RefusedError as `prepare` does */
export function planWith(
  store: ActionStore,
  config: Config,
  settings: PlanSettings,
  { clock, show }: { readonly clock: Clock; readonly show: Show },
): Promise<Prepared> {
  const { prune, enable, rotate, maxDeletes, allowEmpty, keepHeaders, only } = settings;
  return prepare(store, {
    declaration: prune ? { ...config, prune: true } : config,
    policy: { enable, rotate },
    guard: { maxDeletes, allowEmpty, keepHeaders },
    only,
    clock,
    show,
  });
}

/** True if the plan must not be applied. */
export function isStopped({ plan, verdicts }: Pick<Prepared, 'plan' | 'verdicts'>): boolean {
  return plan.refusals.length > 0 || verdicts.length > 0;
}
