/** From a declaration to a plan: all reads and checks come before any write (I6). */

import type { Clock } from '../clock.ts';
import type { LiveAction } from '../core/action.ts';
import { planDigest, type Show } from '../core/digest.ts';
import { longestLiteral } from '../core/filling/template.ts';
import { checkGuards, type GuardPolicy, type GuardVerdict } from '../core/guard.ts';
import { liveByService } from '../core/live.ts';
import { type Declaration, type DesiredService, desiredServices } from '../core/normalize.ts';
import { computePlan, type Plan, type PlanPolicy } from '../core/plan.ts';
import { RefusedError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import type { AskedSelector } from './resolve.ts';
import { resolveScope } from './scope.ts';
import { withState } from './with-state.ts';

export interface PrepareOptions {
  readonly declaration: Declaration;
  readonly policy: PlanPolicy;
  readonly guard: GuardPolicy;
  /** `--service`: the run is limited to the matches of these. */
  readonly only?: readonly AskedSelector[] | undefined;
  readonly clock: Clock;
  /** Removes the values of variables from live values, for the digest; absent without variables. */
  readonly show?: Show | undefined;
}

/** A plan, with the data to check and apply it. */
export interface Prepared {
  readonly plan: Plan;
  readonly desired: readonly DesiredService[];
  /** The account's subdomain; null if PagerDuty did not show it. */
  readonly account: string | null;
  /** False if the config pins an account and no record shows which one this is. */
  readonly accountChecked: boolean;
  /** Made on request: the slow hash takes longer than most plans, and most runs do not need it. */
  readonly digest: string;
  readonly verdicts: readonly GuardVerdict[];
  /** Actions that cannot be read in full or are on no service. */
  readonly odd: readonly LiveAction[];
  /** Start of the reads, on the run's clock. */
  readonly readAt: number;
}

/**
 * Reads everything that the declaration concerns, and plans.
 * @throws RefusedError if a selector matches nothing, the selection is empty, or the token is of another account (T36, T52)
 */
export async function prepare(store: ActionStore, options: PrepareOptions): Promise<Prepared> {
  const { declaration, policy, clock } = options;
  const readAt = clock.now();
  const { matches, only } = await resolveScope(store, askedBy(declaration), options.only);
  const account = await store.account();
  checkAccount(declaration.account, account);
  const desired = desiredServices(declaration, matches, only);
  if (only && desired.length === 0) throw nothingSelected();
  const actions = await store.actions(
    desired.map(({ service }) => service),
    labelsIn(declaration, desired),
  );
  const live = liveByService(policy.enable ? await withState(store, actions) : actions);
  const plan = computePlan(desired, live, policy);
  let digest: string | undefined;
  return {
    plan,
    desired,
    account,
    accountChecked: declaration.account === undefined || account !== null,
    get digest() {
      digest ??= planDigest(account, desired, plan, options.show);
      return digest;
    },
    verdicts: checkGuards(plan, options.guard),
    odd: actions.filter(({ services, unreadable }) => services.length === 0 || unreadable !== undefined),
    readAt,
  };
}

/**
 * The labels to search for: the declared ones, and their former ones. For labels that differ from service to service, their
 * common part, because the search matches parts of labels.
 */
function labelsIn({ actions }: Declaration, desired: readonly DesiredService[]): string[] {
  const keys = new Set(desired.flatMap((service) => service.actions.map(({ key }) => key)));
  const specs = [...actions].flatMap(([key, spec]) => (keys.has(key) ? [spec] : []));
  return [
    ...new Set(
      specs.flatMap(({ label, renamedFrom, perService }) =>
        perService
          ? [perService.label, ...perService.renamedFrom].map((template) => longestLiteral(template).trim())
          : [label, ...renamedFrom],
      ),
    ),
  ];
}

function askedBy(declaration: Declaration): AskedSelector[] {
  return declaration.selections.map(({ selector, place }) => ({
    selector,
    from: place && `${place.file}:${place.line}:${place.column}`,
  }));
}

function checkAccount(pinned: string | undefined, account: string | null): void {
  if (pinned === undefined || account === null || pinned.toLowerCase() === account.toLowerCase()) return;
  throw new RefusedError(
    `this token belongs to the account \`${account}\`, but the config is for \`${pinned}\``,
    {
      hint: 'Use a token for the right account, or correct `account` in the config. Nothing was written.',
    },
  );
}

function nothingSelected(): RefusedError {
  return new RefusedError('the config selects none of the services given with `--service`', {
    hint: 'Add them to `services` in the config, or omit `--service`.',
  });
}
