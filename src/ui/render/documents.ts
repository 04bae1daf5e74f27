/** The machine-readable shapes of plans and reports: stable, versioned, without secrets. Documented in docs/output.md. */
import type { ActionSpec, LiveAction } from '../../core/action.ts';
import type { GuardVerdict } from '../../core/guard.ts';
import { type Change, changesOf, labelOf, type Plan, type ServicePlan } from '../../core/plan.ts';
import type { PdactionsError } from '../../errors.ts';
import { maskUrl, shownUrl } from '../text/mask-url.ts';
import { actionDocument } from './action-document.ts';
import { WRITE_ONLY } from './plan/plan.ts';
import { countPlan } from './plan/plan-counts.ts';
import type { ConflictView, OutcomeView } from './report.ts';
import { fieldNames } from './stored.ts';

export interface PlanFacts {
  readonly plan: Plan;
  readonly account: string | null;
  readonly digest: string;
  readonly verdicts: readonly GuardVerdict[];
}

/** The plan as a document: the output of `plan --json` and `plan --out`. */
export function planDocument({ plan, account, digest, verdicts }: PlanFacts) {
  return {
    account,
    digest,
    counts: countPlan(plan),
    changes: changesOf(plan).map(changeDocument),
    services: plan.services.map(serviceDocument),
    refusals: plan.refusals,
    guards: verdicts,
  };
}

function serviceDocument(planned: ServicePlan) {
  const { service, changes, unchanged, unmanaged, disabled, twins, blocked, live, prune } = planned;
  return {
    id: service.id,
    name: service.name,
    prune,
    slotsUsed: live.writable.length + live.shared.length,
    changes: changes.length,
    unchanged: unchanged.map(ref),
    unmanaged: unmanaged.map(ref),
    disabled: disabled.map(ref),
    lookAlikes: twins,
    blocked,
  };
}

function ref({ id, label }: LiveAction) {
  return { id, label };
}

/** One change with both sides, but without header values. */
export function changeDocument(change: Change) {
  const service = { id: change.service.id, name: change.service.name };
  switch (change.kind) {
    case 'create':
      return { kind: change.kind, service, after: specDocument(change.after) };
    case 'update':
      return {
        kind: change.kind,
        service,
        id: change.id,
        before: actionDocument(change.before),
        after: specDocument(change.after),
        fields: change.fields.map((diff) =>
          diff.field === 'url'
            ? {
                field: diff.field,
                before: diff.before === null ? null : maskUrl(diff.before),
                after: shownUrl(diff.after, diff.written),
                ...(diff.storedForm ? { storedForm: true } : {}),
              }
            : diff,
        ),
      };
    case 'delete':
    case 'enable':
      return { kind: change.kind, service, id: change.id, before: actionDocument(change.before) };
  }
}

function specDocument({ key, label, url, urlSource, headers }: ActionSpec) {
  return {
    action: key,
    label,
    url: shownUrl(url, urlSource),
    headers: headers?.map(({ name }) => ({ name, value: WRITE_ONLY })) ?? null,
  };
}

/** A report as a document. */
export function reportDocument(report: {
  readonly outcomes: readonly OutcomeView[];
  readonly duplicates: readonly ConflictView[];
  readonly overfull: readonly ConflictView[];
  readonly stopped: { readonly why: string } | null;
  readonly unchecked: boolean;
}) {
  return {
    outcomes: report.outcomes.map((outcome) => ({
      kind: outcome.change.kind,
      service: { id: outcome.change.service.id, name: outcome.change.service.name },
      label: labelOf(outcome.change),
      status: outcome.status,
      id: outcome.id ?? ('id' in outcome.change ? outcome.change.id : null),
      ...(outcome.note === undefined ? {} : { note: outcome.note }),
      ...(outcome.warning === undefined ? {} : { warning: outcome.warning }),
      ...(outcome.unconfirmed ? { unconfirmed: true } : {}),
      ...(outcome.why === undefined ? {} : { why: outcome.why }),
      ...(outcome.spared ? { spared: true } : {}),
      ...(outcome.fields ? storedDocument(outcome) : {}),
      ...(outcome.error ? { error: errorDocument(outcome.error) } : {}),
    })),
    duplicates: report.duplicates.map(conflictDocument),
    overfull: report.overfull.map(conflictDocument),
    stopped: report.stopped?.why ?? null,
    duplicatesChecked: !report.unchecked,
  };
}

function conflictDocument({ service, label, ids, made, withdrawn }: ConflictView) {
  return {
    service: { id: service.id, name: service.name },
    ...(label === undefined ? {} : { label }),
    ids,
    made,
    withdrawn,
  };
}

/** PagerDuty's action in place of the sent one; null if it has none. */
function storedDocument(outcome: OutcomeView) {
  const { stored, lost = [] } = outcome;
  const url = stored?.url ?? null;
  return {
    fields: fieldNames(outcome),
    stored: stored
      ? { label: stored.label, url: url === null ? null : maskUrl(url), headers: stored.headerNames }
      : null,
    lost,
  };
}

/** An error as a document, with the reason code that scripts can rely on. */
export function errorDocument(error: PdactionsError) {
  const { kind, reason, message, hint, details, http } = error;
  return { kind, reason: reason ?? null, message, details, hint: hint ?? null, http: http ?? null };
}
