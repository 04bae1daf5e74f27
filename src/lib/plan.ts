import type { Config } from '../config/config.ts';
import { needsSeal, objectToKey, sealActions } from '../config/secrets/seal.ts';
import { changesOf, type PlanPolicy } from '../core/plan.ts';
import { parseSelector } from '../core/selector.ts';
import type { Prepared } from '../engine/prepare.ts';
import type { AskedSelector } from '../engine/resolve.ts';
import { UsageError } from '../errors.ts';
import { createRedactor, type Redactor } from '../ui/gate/redact.ts';
import { redactDocument } from '../ui/gate/redact-document.ts';
import { planDocument } from '../ui/render/documents.ts';
import { type Connection, type Opened, openedBy } from './connect.ts';
import type { PlanDocument } from './documents.ts';
import { configOf, type LoadedConfig } from './load-config.ts';
import { isStopped, planWith } from './plan-with.ts';

/** The options of `pdactions plan`, with the same names. */
export interface PlanOptions {
  /** Only these services of the config: exact names, `id:…`, `team:…` or patterns with `*`. */
  readonly services?: readonly string[] | undefined;
  /** Deletes actions on these services that are not in the config. */
  readonly prune?: boolean | undefined;
  /** Re-enables declared actions that PagerDuty has disabled. */
  readonly enable?: boolean | undefined;
  /** Sends header values again: for all actions, or for these keys. */
  readonly rotateSecrets?: true | readonly string[] | undefined;
  readonly maxDeletes?: number | undefined;
  readonly allowEmpty?: boolean | undefined;
  readonly keepHeaders?: boolean | undefined;
  /** The key for fingerprints, if the config requests them. Without it, they are not compared. */
  readonly fingerprintKey?: string | undefined;
}

/** A plan: data to inspect and keep, and to apply once. */
export interface Plan extends PlanDocument {
  readonly hasChanges: boolean;
  /** True if it must not be applied: `refusals` and `guards` give the reasons. */
  readonly isRefused: boolean;
}

/** The parts of a plan that `apply` uses. */
export interface Planned {
  readonly prepared: Prepared;
  readonly opened: Opened;
  readonly redactor: Redactor;
}

const plans = new WeakMap<Plan, Planned>();

/**
 * Computes the changes that make the account match the config. Writes nothing.
 * @throws RefusedError if a selector matches nothing or the token is of another account, AuthError, RemoteError, UsageError
 */
export async function plan(
  connection: Connection,
  config: LoadedConfig,
  options: PlanOptions = {},
): Promise<Plan> {
  const opened = openedBy(connection);
  const {
    fingerprintKey,
    prune = false,
    enable = false,
    maxDeletes,
    allowEmpty = false,
    keepHeaders = false,
  } = options;
  const declared = await sealed(configOf(config), fingerprintKey);
  const redactor = createRedactor();
  const known = [...declared.secrets, ...opened.secrets, fingerprintKey ?? ''];
  for (const secret of known) redactor.add(secret);
  const prepared = await planWith(
    opened.store,
    declared,
    {
      only: selectors(options.services),
      rotate: rotation(options.rotateSecrets, config.actions),
      ...{ prune, enable, maxDeletes, allowEmpty, keepHeaders },
    },
    { clock: opened.clock, show: redactor.redact },
  );
  // Again, since an app gets its token with the first request.
  for (const secret of opened.secrets) redactor.add(secret);
  const made: Plan = Object.freeze({
    ...shown<PlanDocument>(planDocument(prepared), redactor),
    hasChanges: changesOf(prepared.plan).length > 0,
    isRefused: isStopped(prepared),
  });
  plans.set(made, { prepared, opened, redactor });
  return made;
}

/** A document without any known secret. */
export function shown<T>(document: T, redactor: Redactor): T {
  return JSON.parse(redactDocument(JSON.stringify(document), redactor, false)) as T;
}

/** Hands out the internals of a plan, once. @throws UsageError for a plan that was applied, or that `plan` has not made */
export function takePlan(made: Plan): Planned {
  const known = plans.get(made);
  if (!known) {
    throw new UsageError('this plan cannot be applied: it was not made by `plan`, or was already applied', {
      hint: 'Make a new plan, review it, and apply that.',
    });
  }
  if (known.opened.closed()) throw new UsageError('the connection of this plan is closed');
  if (known.opened.readOnly) {
    throw new UsageError('the connection of this plan is read-only', {
      hint: 'Connect without `readOnly` and plan again. Nothing was written.',
    });
  }
  plans.delete(made);
  return known;
}

async function sealed(config: Config, key: string | undefined): Promise<Config> {
  if (key === undefined || !needsSeal(config.actions)) return config;
  const objection = objectToKey(key);
  if (objection !== undefined) throw new UsageError(objection);
  return { ...config, actions: await sealActions(config.actions, key) };
}

function selectors(texts: readonly string[] = []): AskedSelector[] {
  return texts.map((text) => {
    const selector = parseSelector(text);
    if ('invalid' in selector) throw new UsageError(`\`services\`: ${selector.invalid}`);
    return { selector };
  });
}

function rotation(wanted: PlanOptions['rotateSecrets'], keys: readonly string[]): PlanPolicy['rotate'] {
  if (wanted === undefined) return null;
  if (wanted === true) return 'all';
  const unknown = wanted.find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new UsageError(`\`rotateSecrets\`: the config has no action \`${unknown}\``);
  return new Set(wanted);
}
