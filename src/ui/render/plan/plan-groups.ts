/** The plan by definition: one entry for the same change on many services, then one line per kind of remark. */

import type { ActionSpec, LiveAction } from '../../../core/action.ts';
import type { FieldDiff } from '../../../core/diff.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from '../../../core/headers/header-names.ts';
import { isTemporaryLabel } from '../../../core/pairing/renames.ts';
import type { Change, ChangeKind, Plan, ServicePlan } from '../../../core/plan.ts';
import { visibleJson } from '../../text/json.ts';
import { maskUrl, shownUrl } from '../../text/mask-url.ts';
import { plural } from '../../text/plural.ts';
import { signed } from '../../text/signs.ts';
import { type Line, line, type Span, styled } from '../../text/text.ts';
import {
  headersLine,
  movedHeadersText,
  SIGN,
  STORED_FORM,
  sentAlong,
  stillDisabled,
  TEMPORARY,
  unmanagedWhy,
  WRITE_ONLY,
} from './plan.ts';
import { slotChangeSpan } from './slots.ts';

/** Names at most this many places; the rest is counted. */
const MOST_NAMED = 3;

const ORDER: readonly ChangeKind[] = ['update', 'create', 'delete', 'enable'];

/** One line below a change. Two values that differ only in `before` and `after` share one entry of the plan. */
interface DetailRow {
  readonly name: string;
  readonly before?: string;
  readonly after: string;
  /** Set if the row must be equal for two changes to be grouped. */
  readonly fixed?: readonly (string | Span)[];
}

type HeadersDiff = Extract<FieldDiff, { readonly field: 'headers' }>;

interface ChangeGroup {
  readonly kind: ChangeKind;
  /** The key of the definition; for a change outside the config, the label. */
  readonly name: string;
  readonly changes: Change[];
  readonly rows: DetailRow[][];
}

/** The plan grouped by definition, and its remarks. The counts come from `renderCounts`, each service from `renderPlan`. */
export function renderGroups(plan: Plan): Line[] {
  const byId = new Map(plan.services.map((service) => [service.service.id, service]));
  const groups = groupChanges(plan).flatMap((group) => [...renderGroup(group, byId), line()]);
  const remarks = renderRemarks(plan);
  return [...groups, ...remarks, ...(remarks.length > 0 ? [line()] : [])];
}

function groupChanges(plan: Plan): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>();
  for (const change of plan.services.flatMap(({ changes }) => changes)) {
    const rows = rowsOf(change);
    const name = nameOf(change);
    const key = JSON.stringify([change.kind, name, rows.map(({ name, fixed }) => [name, fixed])]);
    const group = groups.get(key) ?? { kind: change.kind, name, changes: [], rows: [] };
    group.changes.push(change);
    group.rows.push(rows);
    groups.set(key, group);
  }
  return ORDER.flatMap((wanted) => [...groups.values()].filter(({ kind }) => kind === wanted));
}

function nameOf(change: Change): string {
  return 'after' in change && change.after ? change.after.key : labelBefore(change);
}

function labelBefore(change: Change): string {
  return 'before' in change ? change.before.label : change.after.label;
}

function rowsOf(change: Change): DetailRow[] {
  switch (change.kind) {
    case 'create':
      return [
        { name: 'url', after: writtenUrl(change.after) },
        { name: 'label', after: change.after.written?.label ?? change.after.label },
        ...headerRow(change.after.headers?.map(({ name }) => name) ?? [], ''),
      ];
    case 'update': {
      const moved = movedHeadersText(change);
      return [
        ...change.fields.flatMap((diff) => fieldRows(diff, change.after)),
        ...headerRow(sentAlong(change), 'sent along '),
        ...(moved === undefined ? [] : [fixedRow('!', styled('warn', moved))]),
      ];
    }
    case 'delete':
      return [{ name: 'url', after: maskUrl(change.before.url ?? '') }];
    case 'enable':
      return [];
  }
}

/** The endpoint as the config writes it, with `${service.…}` unfilled, so that it is the same on all services. */
function writtenUrl({ url, urlSource, written }: ActionSpec): string {
  return written ? shownUrl(written.url, written.url) : shownUrl(url, urlSource);
}

function headerRow(names: readonly string[], how: string): DetailRow[] {
  return names.length === 0 ? [] : [fixedRow('headers', `${names.join(', ')} ${how}${WRITE_ONLY}`)];
}

function fixedRow(name: string, ...fixed: readonly (string | Span)[]): DetailRow {
  return { name, after: '', fixed };
}

function fieldRows(diff: FieldDiff, spec: ActionSpec): DetailRow[] {
  switch (diff.field) {
    case 'label': {
      const { before, after } = diff;
      // Keeps the two halves of a rename in two steps apart.
      if (isTemporaryLabel(after))
        return [fixedRow('label', before, signed(undefined, ' → '), `${after} (${TEMPORARY})`)];
      if (isTemporaryLabel(before)) return [fixedRow('label', before, signed(undefined, ' → '), after)];
      return [{ name: 'label', before, after: spec.written?.label ?? after }];
    }
    case 'url': {
      const before = diff.before === null ? '(none)' : maskUrl(diff.before);
      const after = spec.written ? writtenUrl(spec) : shownUrl(diff.after, diff.written);
      const remark = diff.storedForm ? [fixedRow('!', styled('warn', STORED_FORM))] : [];
      if (before === after) {
        return [{ name: 'url', after: `${after} (differs in a part that is not shown)` }, ...remark];
      }
      return [{ name: 'url', before, after }, ...remark];
    }
    case 'headers':
      return [fixedRow('headers', ...headersLine(withoutDigits(diff)))];
    case 'secrets': {
      const text = `${diff.changed ? 'changed; ' : ''}${diff.names.join(', ')} sent again ${WRITE_ONLY}`;
      return [fixedRow('secrets', text)];
    }
  }
}

/** The header of a fingerprint differs by service; without it, the same change is the same everywhere. */
function withoutDigits(diff: HeadersDiff): HeadersDiff {
  const cut = (names: readonly string[]): string[] =>
    names.map((name) => (isFingerprintName(name) ? `${FINGERPRINT_PREFIX}*` : name));
  return { field: 'headers', added: cut(diff.added), removed: cut(diff.removed), kept: cut(diff.kept) };
}

function renderGroup(group: ChangeGroup, byId: ReadonlyMap<string, ServicePlan>): Line[] {
  const { kind, name, changes } = group;
  const [sign, style] = SIGN[kind];
  const [first, ...others] = mergedRows(group);
  const ids = [...new Set(changes.map(({ service }) => service.id))];
  const [only] = changes;
  const where =
    ids.length === 1 && only
      ? [`  on ${only.service.name}`, ...onlyFacts(changes, byId.get(only.service.id))]
      : [styled('strong', `  on ${plural(ids.length, 'service')}`)];
  return [
    line(signed(style, `${sign} `), styled('strong', name), ...(first ? ['  ', ...first] : []), ...where),
    ...others.map((row) => line('    ', ...row)),
    ...(ids.length === 1
      ? []
      : [line(styled('muted', `    ${firstOf(changes.map(({ service }) => service.name))}`))]),
  ];
}

/** The ids of a change on only one service, and its effect on the slots there. */
function onlyFacts(changes: readonly Change[], plan: ServicePlan | undefined): Span[] {
  const ids = changes.flatMap((change) => ('id' in change ? [change.id] : []));
  const service = changes[0]?.service.id ?? '';
  const slots = plan === undefined ? [] : [styled('muted', '  '), slotChangeSpan(plan)];
  return [...slots, styled('muted', ['', ...[service, ...ids].filter(Boolean)].join('  '))];
}

/** Each row once: values that are not the same everywhere are counted. */
function mergedRows({ name: group, rows }: ChangeGroup): (readonly (string | Span)[])[] {
  return (rows[0] ?? []).flatMap(({ name, before, fixed }, at) => {
    const label = styled('muted', `${name} `);
    if (fixed) return [[label, ...fixed]];
    const after = oneOrCount(
      name,
      rows.map((row) => row[at]?.after ?? ''),
    );
    if (before === undefined) return name === 'label' && after === group ? [] : [[label, after]];
    const old = oneOrCount(
      name,
      rows.map((row) => row[at]?.before ?? ''),
    );
    return [[label, styled('removed', old), signed('muted', ' → '), styled('added', after)]];
  });
}

function oneOrCount(name: string, values: readonly string[]): string {
  const [first = '', ...others] = new Set(values);
  return others.length === 0
    ? first
    : `${others.length + 1} different ${name === 'url' ? 'URLs' : `${name}s`}`;
}

/** The first names, and the number of the others. */
export function firstOf(names: readonly string[]): string {
  const unlisted = names.length - MOST_NAMED;
  const named = names.slice(0, MOST_NAMED).join(', ');
  return unlisted > 0 ? `${named} and ${unlisted} more` : named;
}

/** Unmanaged actions and actions with a remark, one line per kind. */
function renderRemarks({ services }: Plan): Line[] {
  const remarks = (of: (service: ServicePlan) => readonly string[]): string[] =>
    services.flatMap((service) => of(service).map((text) => `${text} on ${service.service.name}`));
  const disabled = remarks((service) => stillDisabled(service).map(({ label, id }) => `${label} (${id})`));
  const twins = remarks(({ twins }) =>
    twins.map(({ label, stored, id }) => `\`${label}\` next to ${visibleJson(stored)} (${id})`),
  );
  const blocked = remarks(({ blocked }) =>
    blocked.map(({ label, id, why }) => `\`${label}\` (${id} cannot be read: ${why})`),
  );
  const headers = remarks(({ untouchedHeaders }) =>
    untouchedHeaders.map(({ label, headerNames }) => `${label} (${headerNames?.join(', ')})`),
  );
  const unmanaged = remarks(({ unmanaged }) =>
    unmanaged.map((action) => `${action.label} (${action.id}${oddity(action)})`),
  );
  return [
    ...remark('warn', '!', disabled, 'disabled by PagerDuty, re-enabled by `--enable`', 'declared action'),
    ...remark(
      'warn',
      '!',
      twins,
      'will be created next to one that looks the same but has another URL',
      'action',
    ),
    ...remark('warn', '!', blocked, 'left alone, because the live one cannot be read', 'declared action'),
    ...remark('muted', '·', headers, 'with headers that the config does not mention', 'action'),
    ...remark('muted', '·', unmanaged, 'left alone', 'unmanaged action'),
  ];
}

/** Why an action would not be written even if it were declared. */
function oddity(action: LiveAction): string {
  return action.services.length === 1 && action.unreadable === undefined ? '' : `, ${unmanagedWhy(action)}`;
}

function remark(
  style: 'warn' | 'muted',
  sign: string,
  names: readonly string[],
  what: string,
  noun: string,
): Line[] {
  if (names.length === 0) return [];
  const text = `${plural(names.length, noun)} ${what}: ${firstOf(names)}`;
  return [
    style === 'warn'
      ? line(styled('warn', `${sign} `), text)
      : line(signed('muted', `${sign} `), styled('muted', text)),
  ];
}
