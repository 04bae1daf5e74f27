/**
 * The planner: computes the changes that make PagerDuty match the config. Pure and total; the same plan object is printed,
 * checked, saved and executed.
 *
 * | declared label | live on that service             | result                                                    |
 * |----------------|----------------------------------|-----------------------------------------------------------|
 * | yes            | one, same URL and header names   | nothing                                                   |
 * | yes            | one, differs                     | update: a PUT built from the config alone                 |
 * | yes            | one, another secret fingerprint  | update: the same, for the header values                   |
 * | yes            | none, one with a `renamedFrom`   | update that renames, keeping the id                       |
 * | yes            | none, one that only looks alike  | refused with the same URL; else create and a warning      |
 * | yes            | none                             | create                                                    |
 * | yes            | labels handed on (`renamedFrom`) | updates that keep each id with its action, in order       |
 * | yes            | two or more                      | refused                                                   |
 * | yes            | one, temporarily disabled        | as above and a notice; enable only when asked for         |
 * | no             | any                              | left alone, shown; delete where `prune` is on             |
 *
 * An action on several services takes a slot on each and is never written (U1).
 */
import type { ActionSpec, LiveAction } from './action.ts';
import { diffAction, droppedFingerprint, type FieldDiff } from './diff.ts';
import type { Unfit } from './filling/fill.ts';
import { plainHeaders } from './headers/header-names.ts';
import { checkLimit } from './limit.ts';
import { type LiveService, NOTHING } from './live.ts';
import type { DesiredService } from './normalize.ts';
import { type Pairing, pair, sameLabelTwice } from './pairing/pair.ts';
import { inRenameOrder } from './pairing/rename-order.ts';
import { temporaryLabel } from './pairing/renames.ts';
import { type Blocked, findTwins, type Twin } from './pairing/twins.ts';
import type { Refusal, ServiceRef } from './refusal.ts';
import { countSlots } from './slots.ts';

/** One change, as plain data with both sides. */
export type Change =
  | { readonly kind: 'create'; readonly service: ServiceRef; readonly after: ActionSpec }
  | {
      readonly kind: 'update';
      readonly service: ServiceRef;
      readonly id: string;
      readonly before: LiveAction;
      readonly after: ActionSpec;
      readonly fields: readonly FieldDiff[];
    }
  | {
      readonly kind: 'delete';
      readonly service: ServiceRef;
      readonly id: string;
      readonly before: LiveAction;
    }
  | {
      readonly kind: 'enable';
      readonly service: ServiceRef;
      readonly id: string;
      readonly before: LiveAction;
      /** The declaration, if a config asks for the change: the state that the run must reach (F23). */
      readonly after?: ActionSpec | undefined;
    };

export type ChangeKind = Change['kind'];

export type Update = Extract<Change, { readonly kind: 'update' }>;

/** The plan of one service in scope. */
export interface ServicePlan {
  readonly service: ServiceRef;
  readonly changes: readonly Change[];
  /** Declared, live, and equal. */
  readonly unchanged: readonly LiveAction[];
  /** Live, and not declared. */
  readonly unmanaged: readonly LiveAction[];
  /** Declared, live, and disabled by PagerDuty (fact 41). */
  readonly disabled: readonly LiveAction[];
  /** Declared actions whose header values are not sent and cannot be compared (fact 14), because they have no fingerprint either. */
  readonly writeOnly: number;
  /** Headers that PagerDuty has and the config does not mention at all; they stay. */
  readonly untouchedHeaders: readonly LiveAction[];
  /** Actions that stay beside a new one with nearly the same label. */
  readonly twins: readonly Twin[];
  /** Declared actions that are not written, because the live one is unreadable. */
  readonly blocked: readonly Blocked[];
  /** Everything on the service when it was read, to compare with a later read before a write. */
  readonly live: LiveService;
  readonly prune: boolean;
}

export interface Plan {
  /** Sorted by service name, then id; includes services without changes. */
  readonly services: readonly ServicePlan[];
  readonly refusals: readonly Refusal[];
}

/** Changes allowed beyond creating and updating; deleting is decided service by service (`DesiredService.prune`). */
export interface PlanPolicy {
  /** Re-enables declared actions that PagerDuty has disabled. */
  readonly enable: boolean;
  /** Keys of the actions whose header values are sent again although no readable field differs; `'all'` for every one. */
  readonly rotate: ReadonlySet<string> | 'all' | null;
}

/**
 * Computes the plan.
 * @param desired one entry per service in scope, sorted (`desiredServices`)
 * @param live everything on those services (`liveByService`)
 */
export function computePlan(
  desired: readonly DesiredService[],
  live: ReadonlyMap<string, LiveService>,
  policy: PlanPolicy,
): Plan {
  const planned = desired.map((entry) => planService(entry, live.get(entry.service.id) ?? NOTHING, policy));
  return {
    services: planned.map(({ plan }) => plan),
    refusals: planned.flatMap(({ refusals }) => refusals),
  };
}

/** The label by which the user knows a change. */
export function labelOf(change: Change): string {
  return change.kind === 'create' || change.kind === 'update' ? change.after.label : change.before.label;
}

/** All changes in the order of execution. */
export function changesOf(plan: Plan): Change[] {
  const changes: Change[] = [];
  for (const service of plan.services) changes.push(...service.changes);
  return changes;
}

function planService(
  desired: DesiredService,
  live: LiveService,
  policy: PlanPolicy,
): { readonly plan: ServicePlan; readonly refusals: readonly Refusal[] } {
  const { prune, actions, asked, unfit = [] } = desired;
  const service: ServiceRef = { id: desired.service.id, name: desired.service.name };
  const pairing = pair(service, actions, live.writable);
  const { rest } = pairing;
  const compared = comparePairs(service, pairing, policy);
  const twins =
    pairing.missing.length === 0
      ? NONE_MISSING
      : findTwins(service, pairing.missing, { rest, shared: live.shared, prune });
  const changes = changesOn(service, compared, twins.creates, prune ? rest : []);
  const { unchanged, disabled, writeOnly, untouchedHeaders } = compared;
  return {
    plan: {
      service,
      changes: inOrder(changes, live),
      unchanged,
      unmanaged: [...(prune ? [] : rest), ...live.shared],
      disabled,
      writeOnly,
      untouchedHeaders,
      twins: twins.twins,
      blocked: twins.blocked,
      live,
      prune,
    },
    refusals: [
      ...unfit.map((entry) => unfitRefusal(service, entry)),
      ...sameLabelTwice(service, actions, asked),
      ...pairing.refusals,
      ...twins.refusals,
      ...checkLimit(desired, live, { ...pairing, missing: twins.creates }),
    ],
  };
}

const NONE_MISSING = { creates: [], twins: [], blocked: [], refusals: [] } as const;

/** The changes of one service. Nearly all of thousands of services have none. */
function changesOn(
  service: ServiceRef,
  { updates, enables }: Compared,
  creates: readonly ActionSpec[],
  deletes: readonly LiveAction[],
): readonly Change[] {
  if (updates.length + enables.length + creates.length + deletes.length === 0) return [];
  return [
    ...inRenameOrder(updates, inTwoSteps),
    ...enables,
    ...creates.map((after): Change => ({ kind: 'create', service, after })),
    ...deletes.map((before): Change => ({ kind: 'delete', service, id: before.id, before })),
  ];
}

function unfitRefusal(service: ServiceRef, { spec, objection }: Unfit): Refusal {
  const { key, label } = spec;
  const { message: why, ...rest } = objection;
  return { code: 'unfit', service, label, key, why, ...rest };
}

/** The result of comparing matched actions. */
interface Compared {
  readonly updates: readonly Update[];
  readonly enables: readonly Change[];
  readonly unchanged: readonly LiveAction[];
  readonly disabled: readonly LiveAction[];
  readonly untouchedHeaders: readonly LiveAction[];
  readonly writeOnly: number;
}

function comparePairs(service: ServiceRef, { matched }: Pairing, policy: PlanPolicy): Compared {
  const updates: Update[] = [];
  const enables: Change[] = [];
  const unchanged: LiveAction[] = [];
  const disabled: LiveAction[] = [];
  const untouchedHeaders: LiveAction[] = [];
  let writeOnly = 0;
  for (const [after, before] of matched) {
    const { id } = before;
    if (before.disabled) disabled.push(before);
    if (before.disabled && policy.enable) enables.push({ kind: 'enable', service, id, before, after });
    if (after.headers === null && before.headerNames?.length) untouchedHeaders.push(before);
    const fields = fieldsToSend(after, before, policy);
    if (fields.length > 0) {
      updates.push({ kind: 'update', service, id, before, after, fields });
      continue;
    }
    unchanged.push(before);
    // An update would send the values with everything else.
    if (isWriteOnly(after, before)) writeOnly += 1;
  }
  return { updates, enables, unchanged, disabled, untouchedHeaders, writeOnly };
}

/** Through a temporary label; the first step already sets everything else. */
function inTwoSteps(update: Update): readonly [Update, Update] {
  const { before, after, fields } = update;
  const label = temporaryLabel(after.label);
  const others = fields.filter(({ field }) => field !== 'label');
  return [
    { ...update, after: { ...after, label }, fields: [labelDiff(before.label, label), ...others] },
    {
      ...update,
      before: { ...before, label },
      fields: [labelDiff(label, after.label)],
    },
  ];
}

function labelDiff(before: string, after: string): FieldDiff {
  return { field: 'label', before, after };
}

function fieldsToSend(after: ActionSpec, before: LiveAction, policy: PlanPolicy): FieldDiff[] {
  const fields = diffAction(after, before);
  const rotate = policy.rotate === 'all' || policy.rotate?.has(after.key);
  if (!rotate || fields.some(({ field }) => field === 'secrets')) return fields;
  const names = plainHeaders(after.headers ?? []).map((header) => header.name);
  if (names.length === 0) return fields;
  const dropped = fields.length === 0 ? droppedFingerprint(after, before) : undefined;
  return [...fields, ...(dropped ? [dropped] : []), { field: 'secrets', names }];
}

/** True if nothing reveals whether PagerDuty's header values are those of the config. */
function isWriteOnly({ headers, fingerprint }: ActionSpec, { headerNames }: LiveAction): boolean {
  return (headers ?? []).length > 0 && (typeof fingerprint !== 'object' || headerNames === null);
}

const RANK: Readonly<Record<ChangeKind, number>> = { update: 0, create: 1, delete: 2, enable: 3 };

/** Update, create, delete, enable; deletes come first if the creates would not fit otherwise (I4). */
function inOrder(changes: readonly Change[], live: LiveService): readonly Change[] {
  if (changes.length < 2) return changes;
  const creates = changes.filter((change) => change.kind === 'create').length;
  const { free } = countSlots(live);
  const deleteFirst = free === 0 || creates > free;
  const rank = ({ kind }: Change): number => (kind === 'delete' && deleteFirst ? -1 : RANK[kind]);
  return changes.toSorted((a, b) => rank(a) - rank(b));
}
