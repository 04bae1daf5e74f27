/** Plans of single services, and everything at once that a page can show. */
import type { LiveAction } from '../../src/core/action.ts';
import type { Change, Plan, ServicePlan } from '../../src/core/plan.ts';
import { RefusedError } from '../../src/errors.ts';
import type { PageFacts } from '../../src/ui/render/github/plan.ts';

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const same = (text: string): string => text;

export function live(label: string, more: Partial<LiveAction> = {}): LiveAction {
  return {
    id: label,
    label,
    url: label,
    services: [],
    headerNames: [label],
    disabled: true,
    htmlUrl: null,
    ...more,
  };
}

/** A service whose every displayed text is this one. */
export function hostile(text: string): ServicePlan {
  const service = { id: text, name: text };
  const after = {
    key: text,
    label: text,
    description: text,
    url: text,
    headers: [{ name: text, value: 'x', source: 'x' }],
    renamedFrom: [],
  };
  const before = live(text);
  const fields = [
    { field: 'label', before: text, after: text },
    { field: 'url', before: text, after: `https://x.example.com/${text}` },
    { field: 'headers', added: [text], removed: [text], kept: [text] },
    { field: 'secrets', names: [text] },
  ] as const;
  const changes: Change[] = [
    { kind: 'update', service, id: text, before, after, fields },
    { kind: 'create', service, after },
    { kind: 'delete', service, id: text, before },
    { kind: 'enable', service, id: text, before },
  ];
  return {
    service,
    changes,
    unchanged: [],
    unmanaged: [before],
    disabled: [live(text, { id: `${text}2` })],
    writeOnly: 1,
    untouchedHeaders: [before],
    twins: [{ id: text, stored: text, label: text }],
    blocked: [{ id: text, why: text, label: text }],
    live: { writable: [before], shared: [] },
    prune: false,
  };
}

export function factsOf(plan: Plan, more: Partial<PageFacts> = {}): PageFacts {
  const marker = '<!-- pdactions:plan -->';
  const facts = { plan, account: 'acme', digest: DIGEST, verdicts: [] };
  return { command: 'plan', marker, simulated: false, plan: facts, ...more };
}

/** Everything at once: changes, unmanaged actions, refusals, outcomes, duplicates, an error. */
export function everything(text: string): PageFacts {
  const service = hostile(text);
  const quiet = { ...service, changes: [] };
  const ref = service.service;
  const slots = [{ label: text, holder: 'new', disabled: true, id: text }] as const;
  const refusals = [
    { code: 'over-limit', service: ref, slots, selectors: [text], pruneHelps: true },
    { code: 'duplicate-label', service: ref, label: text, ids: [text] },
    { code: 'ambiguous-rename', service: ref, label: text, candidates: [{ id: text, label: text }] },
    { code: 'same-label-twice', service: ref, label: text, keys: [text] },
    { code: 'look-alike', service: ref, label: text, key: text, id: text, stored: text },
    {
      code: 'unfit',
      service: ref,
      label: text,
      key: text,
      field: 'url',
      why: text,
      fix: text,
      place: { file: text, line: 1, column: 1 },
    },
  ] as const;
  const error = new RefusedError(text, { details: [text], hint: text, reason: 'conflict' });
  const torn = { service: ref, ids: [text], made: [text], withdrawn: [text], left: [text] };
  const outcomes = service.changes.map((change) => ({ change, status: 'failed', error }) as const);
  return {
    ...factsOf({ services: [service, quiet], refusals }),
    report: { outcomes, duplicates: [{ ...torn, label: text }], overfull: [torn], unchecked: true },
    error,
    code: 8,
  };
}
