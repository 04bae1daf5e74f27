/** The plan, readable like a code review: the changes, field by field, and the unmanaged actions. */
import type { ActionSpec, LiveAction } from '../../../core/action.ts';
import type { FieldDiff } from '../../../core/diff.ts';
import { movedHeaders } from '../../../core/guard.ts';
import { plainHeaders } from '../../../core/headers/header-names.ts';
import { isTemporaryLabel } from '../../../core/pairing/renames.ts';
import type { Twin } from '../../../core/pairing/twins.ts';
import type { Change, ChangeKind, Plan, ServicePlan } from '../../../core/plan.ts';
import { visibleJson } from '../../text/json.ts';
import { maskUrl, shownUrl } from '../../text/mask-url.ts';
import { signed } from '../../text/signs.ts';
import { type Line, line, type Style, styled } from '../../text/text.ts';
import { slotChangeSpan } from './slots.ts';

/** Replaces a header value. */
export const WRITE_ONLY = '(write-only)';

/** The remark on the first of two steps. */
export const TEMPORARY = 'temporary: these actions swap labels, so one of them needs two steps';

/** The remark on an endpoint that may be PagerDuty's form of the declared one. */
export const STORED_FORM =
  'may be how PagerDuty stores it; if so, write it this way in the config, or every sync sends it again';

/** The mark of each kind of change. */
export const SIGN: Readonly<Record<ChangeKind, readonly [string, Style]>> = {
  create: ['+', 'added'],
  update: ['~', 'changed'],
  delete: ['-', 'removed'],
  enable: ['↻', 'ok'],
};

/**
 * The plan service by service: those with changes first, then those with unmanaged actions. `renderGroups` makes the leading
 * grouped form; the counts come from `renderCounts`.
 */
export function renderPlan(plan: Plan): Line[] {
  const changing = plan.services.filter(({ changes }) => changes.length > 0);
  const quiet = plan.services.filter(
    ({ changes, unmanaged, disabled }) => changes.length === 0 && unmanaged.length + disabled.length > 0,
  );
  return [...changing, ...quiet].flatMap((service) => [...renderService(service), line()]);
}

function renderService(plan: ServicePlan): Line[] {
  const { service, changes, unmanaged, untouchedHeaders, twins, blocked } = plan;
  return [
    line(
      styled('strong', service.name),
      styled('muted', '  '),
      slotChangeSpan(plan),
      styled('muted', `  ${service.id}`),
    ),
    ...changes.flatMap(renderChange),
    ...stillDisabled(plan).map(({ label, id }) =>
      line(
        styled('warn', '  ! '),
        label,
        styled('muted', `  ${id}  disabled by PagerDuty; pass \`--enable\` to re-enable it`),
      ),
    ),
    ...twins.map(renderTwin),
    ...blocked.map(({ label, id, why }) =>
      line(styled('warn', '  ! '), `\`${label}\` is left alone: ${id} cannot be read (${why})`),
    ),
    ...untouchedHeaders.map(({ label, id, headerNames }) =>
      line(
        signed('muted', '  · '),
        styled(
          'muted',
          `${label}  ${id}  has headers that the config does not mention: ${headerNames?.join(', ')}`,
        ),
      ),
    ),
    ...unmanaged.map((action) =>
      line(
        signed('muted', '  · '),
        styled('muted', `${action.label}  ${action.id}  ${unmanagedWhy(action)}, left alone`),
      ),
    ),
  ];
}

/** Why the config cannot change an action. */
export function unmanagedWhy({ services, unreadable }: LiveAction): string {
  if (unreadable !== undefined) return 'unreadable';
  return services.length > 1 ? 'on several services' : 'unmanaged';
}

function renderTwin({ id, stored, label }: Twin): Line {
  const text = `\`${label}\` will be created next to ${visibleJson(stored)} (${id}), which looks the same but has another URL`;
  return line(styled('warn', '  ! '), text);
}

function renderChange(change: Change): Line[] {
  const [sign, style] = SIGN[change.kind];
  const head = (label: string, id?: string): Line =>
    line(signed(style, `  ${sign} ${change.kind.padEnd(6)} `), label, styled('muted', id ? `  ${id}` : ''));
  switch (change.kind) {
    case 'create':
      return [head(change.after.label), ...renderSpec(change.after)];
    case 'update':
      return [
        head(change.after.label, change.id),
        ...change.fields.flatMap(renderField),
        ...renderSentAlong(sentAlong(change)),
        ...renderMovedHeaders(change),
      ];
    case 'delete':
      return [head(change.before.label, change.id), field('url', maskUrl(change.before.url ?? ''))];
    case 'enable':
      return [head(change.before.label, change.id)];
  }
}

function renderSpec({ url, urlSource, headers }: ActionSpec): Line[] {
  const names = (headers ?? []).map(({ name }) => name);
  return [
    field('url', shownUrl(url, urlSource)),
    ...(names.length > 0 ? [field('headers', `${names.join(', ')} ${WRITE_ONLY}`)] : []),
  ];
}

/** Headers that an update sends without a known difference: the whole action is sent, including their values (fact 11). */
export function sentAlong({ after, fields }: Extract<Change, { readonly kind: 'update' }>): string[] {
  const sendsHeaders = fields.some(({ field }) => field === 'headers' || field === 'secrets');
  return sendsHeaders ? [] : plainHeaders(after.headers ?? []).map(({ name }) => name);
}

/** Headers that stay and reach another host: the config does not mention them, and their values cannot be read. */
function renderMovedHeaders(change: Change): Line[] {
  const text = movedHeadersText(change);
  return text === undefined ? [] : [line(styled('warn', `      ! ${text}`))];
}

/** The warning about an update that sends stored headers to another host; undefined without any. */
export function movedHeadersText(change: Change): string | undefined {
  const moved = movedHeaders(change);
  if (moved === undefined || change.kind !== 'update') return undefined;
  const { url, urlSource } = change.after;
  const target = shownUrl(url, urlSource).replace(/^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*@)?([^/?#]*).*/is, '$3');
  return `its headers (${moved.headers.join(', ')}) will be sent to ${target}`;
}

function renderSentAlong(names: readonly string[]): Line[] {
  return names.length === 0 ? [] : [field('headers', `${names.join(', ')} sent along ${WRITE_ONLY}`)];
}

function renderField(diff: FieldDiff): Line[] {
  switch (diff.field) {
    case 'label':
      return [field('label', diff.before, diff.after), ...renderTemporary(diff.after)];
    case 'url':
      return renderUrls(diff);
    case 'headers':
      return [line(styled('muted', '      headers  '), ...headersLine(diff))];
    case 'secrets':
      return [
        field(
          'secrets',
          `${diff.changed ? 'changed; ' : ''}${diff.names.join(', ')} sent again ${WRITE_ONLY}`,
        ),
      ];
  }
}

/** The names of added, removed and kept headers. */
export function headersLine({
  added,
  removed,
  kept,
}: Extract<FieldDiff, { readonly field: 'headers' }>): Line {
  return [
    ...added.map((name) => styled('added', `+ ${name} `)),
    ...removed.map((name) => styled('removed', `- ${name} `)),
    ...kept.map((name) => `  ${name} `),
    styled('muted', WRITE_ONLY),
  ];
}

/** Declared actions that are disabled and stay disabled. */
export function stillDisabled({ changes, disabled }: ServicePlan): ServicePlan['disabled'] {
  const enabled = new Set(changes.flatMap((change) => (change.kind === 'enable' ? [change.id] : [])));
  return disabled.filter(({ id }) => !enabled.has(id));
}

function renderTemporary(label: string): Line[] {
  return isTemporaryLabel(label) ? [line(styled('muted', `               ${TEMPORARY}`))] : [];
}

/** Two URLs that differ in hidden parts only look the same, so a remark explains the difference. */
function renderUrls(diff: Extract<FieldDiff, { readonly field: 'url' }>): Line[] {
  const { before, after, written, storedForm } = diff;
  const [old, wanted] = [before === null ? '(none)' : maskUrl(before), shownUrl(after, written)];
  const remark = storedForm ? [line(styled('warn', `      ! ${STORED_FORM}`))] : [];
  if (old !== wanted) return [field('url', old, wanted), ...remark];
  return [field('url', `${wanted} (differs in a part that is not shown)`), ...remark];
}

function field(name: string, before: string, after?: string): Line {
  const label = styled('muted', `      ${name.padEnd(8)} `);
  if (after === undefined) return line(label, before);
  return line(label, styled('removed', before), signed('muted', ' → '), styled('added', after));
}
