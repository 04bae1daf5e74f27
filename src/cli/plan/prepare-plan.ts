/** From the config to a plan that is displayed and checked: shared by `plan` and `sync`. */
import type { Command } from 'commander';
import { changesOf, type PlanPolicy } from '../../core/plan.ts';
import type { Prepared } from '../../engine/prepare.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { planWith } from '../../lib/plan-with.ts';
import { nearest } from '../../nearest.ts';
import { renderPlan } from '../../ui/render/plan/plan.ts';
import { renderCounts } from '../../ui/render/plan/plan-counts.ts';
import { renderGroups } from '../../ui/render/plan/plan-groups.ts';
import { renderRefusal, renderVerdict } from '../../ui/render/refusal.ts';
import type { Line } from '../../ui/text/text.ts';
import { line } from '../../ui/text/text.ts';
import { addServiceOption, askedSelectors } from '../ask/selectors.ts';
import { annotateRefusals, annotateSelectors } from '../ci/annotate.ts';
import type { CanPlan } from '../context.ts';
import { WARNINGS_AS_ERRORS, wholeNumber } from '../options.ts';
import { warnOfOdd } from '../show/warn-of-odd.ts';
import { withSeals } from './fingerprints.ts';

export interface PlanFlags {
  readonly service?: readonly string[] | undefined;
  readonly prune?: boolean | undefined;
  readonly enable?: boolean | undefined;
  /** True for all; otherwise action keys, separated by commas. */
  readonly rotateSecrets?: string | boolean | undefined;
  readonly maxDeletes?: number | undefined;
  readonly allowEmpty?: boolean | undefined;
  readonly keepHeaders?: boolean | undefined;
  /** Shows the plan service by service. */
  readonly detail?: boolean | undefined;
  readonly warningsAsErrors?: boolean | undefined;
}

/** The options that decide about the plan: the same for `plan` and `sync`, so that a sync does what the plan showed. */
export function addPlanOptions(command: Command): Command {
  return addServiceOption(command, 'only these services of the config (repeatable)')
    .option('--prune', 'delete unmanaged actions of these services')
    .option('--enable', 're-enable declared actions that PagerDuty has disabled')
    .option('--rotate-secrets [keys]', 'send header values again, for all actions or for =KEY,KEY')
    .option('--max-deletes <n>', 'allow up to N deletes', wholeNumber(0, 1_000_000))
    .option('--allow-empty', 'allow a run that deletes everything and keeps nothing')
    .option('--keep-headers', 'also send stored headers that the config does not mention to a new host')
    .option('--detail', 'show the changes service by service')
    .option('--warnings-as-errors', WARNINGS_AS_ERRORS);
}

/** Reads, plans, checks. Shows nothing. */
export async function preparePlan(context: CanPlan, options: PlanFlags): Promise<Prepared> {
  const config = await withSeals(context, await context.config(options));
  const settings = {
    only: askedSelectors(options.service),
    prune: options.prune === true,
    enable: options.enable === true,
    rotate: rotated(options.rotateSecrets, [...config.actions.keys()]),
    maxDeletes: options.maxDeletes,
    allowEmpty: options.allowEmpty === true,
    keepHeaders: options.keepHeaders === true || context.io.canPrompt,
  };
  const store = await context.store();
  const world = { clock: context.clock, show: context.io.redact };
  const reading = context.activity.while('reading', () => planWith(store, config, settings, world));
  const prepared = await reading.catch((error: unknown) => {
    if (error instanceof RefusedError) annotateSelectors(context, config, error);
    throw error;
  });
  annotateRefusals(context, config, prepared.plan.refusals);
  warnOfOdd(context.io, prepared.odd);
  if (!prepared.accountChecked) {
    const text = 'PagerDuty did not return the account, so `account` in the config could not be checked';
    context.io.warn(text);
  }
  return prepared;
}

function rotated(value: string | boolean | undefined, keys: readonly string[]): PlanPolicy['rotate'] {
  if (value === undefined || value === false) return null;
  if (value === true || value === '') return 'all';
  const wanted = value.split(',').map((key) => key.trim());
  for (const key of wanted) {
    if (keys.includes(key)) continue;
    const [similar] = nearest(key, keys);
    throw new UsageError(`--rotate-secrets: the config has no action \`${key}\``, {
      hint: similar === undefined ? `It has ${keys.join(', ')}.` : `Did you mean \`${similar}\`?`,
    });
  }
  return new Set(wanted);
}

/** The plan for users, with all obstacles. */
export function planLines({ plan, verdicts }: Prepared, { detail }: PlanFlags): Line[] {
  const refusals = plan.refusals.flatMap(renderRefusal);
  const guards = plan.refusals.length > 0 ? [] : verdicts.flatMap(renderVerdict);
  return [
    ...(detail ? renderPlan(plan) : renderGroups(plan)),
    ...renderCounts(plan),
    ...(refusals.length > 0 ? [line(), ...refusals] : []),
    ...(guards.length > 0 ? [line(), ...guards] : []),
  ];
}

/** True if declared actions are left alone because the live ones are unreadable. */
export function hasBlocked({ plan }: Prepared): boolean {
  return plan.services.some(({ blocked }) => blocked.length > 0);
}

/** True if the plan has changes, allowed or not. */
export function hasChanges({ plan }: Prepared): boolean {
  return changesOf(plan).length > 0;
}
