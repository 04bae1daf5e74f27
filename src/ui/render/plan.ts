/** The plan, to be read like a good code review: what changes, field by field, and what is left alone. */
import type { ActionSpec, LiveAction } from '../../core/action.ts';
import type { FieldDiff } from '../../core/diff.ts';
import { plainHeaders } from '../../core/fingerprint.ts';
import { movedHeaders } from '../../core/guard.ts';
import { isTemporaryLabel } from '../../core/pairing/renames.ts';
import type { Change, ChangeKind, Plan, ServicePlan } from '../../core/plan.ts';
import { changesOf } from '../../core/plan.ts';
import type { Twin } from '../../core/twins.ts';
import { visibleJson } from '../text/json.ts';
import { maskUrl, shownUrl } from '../text/mask-url.ts';
import { plural } from '../text/plural.ts';
import { type Line, line, type Style, styled } from '../text/text.ts';
import { slotDots } from './slots.ts';

/** What stands in the place of a header value. */
export const WRITE_ONLY = '(write-only)';

/** Said of the first of two steps. */
export const TEMPORARY = 'for a moment: the labels go round, so one of them is free only in two steps';

/** So many services that only have unmanaged actions are listed; the rest is counted. */
const MOST_LEFT_ALONE = 20;

const SIGN: Readonly<Record<ChangeKind, readonly [string, Style]>> = {
  create: ['+', 'added'],
  update: ['~', 'changed'],
  delete: ['-', 'removed'],
  enable: ['↻', 'ok'],
};

/** The plan as text: services with changes in full, then what is left alone. Counts come from `renderCounts`. */
export function renderPlan(plan: Plan): Line[] {
  const changing = plan.services.filter(({ changes }) => changes.length > 0);
  const quiet = plan.services.filter(
    ({ changes, unmanaged, disabled }) => changes.length === 0 && unmanaged.length + disabled.length > 0,
  );
  const lines = [
    ...changing.flatMap((service) => [...renderService(service), line()]),
    ...quiet.slice(0, MOST_LEFT_ALONE).flatMap((service) => [...renderService(service), line()]),
  ];
  const more = quiet.length - MOST_LEFT_ALONE;
  if (more > 0) {
    lines.push(
      line(
        styled('muted', `… and ${plural(more, 'more service')} with nothing to do; see \`pdactions list\``),
      ),
      line(),
    );
  }
  return lines;
}

function renderService({
  service,
  changes,
  unmanaged,
  disabled,
  untouchedHeaders,
  twins,
  blocked,
  live,
}: ServicePlan): Line[] {
  const used = live.own.length + live.shared.length;
  const delta = changes.reduce(
    (sum, { kind }) => sum + (kind === 'create' ? 1 : kind === 'delete' ? -1 : 0),
    0,
  );
  const slots = delta === 0 ? slotDots(used) : `${slotDots(used)} → ${slotDots(used + delta)}`;
  const enabled = new Set(changes.flatMap((change) => (change.kind === 'enable' ? [change.id] : [])));
  return [
    line(styled('strong', service.name), styled('muted', `  ${slots}  ${service.id}`)),
    ...changes.flatMap(renderChange),
    ...disabled
      .filter(({ id }) => !enabled.has(id))
      .map(({ label, id }) =>
        line(
          styled('warn', '  ! '),
          label,
          styled('muted', `  ${id}  temporarily disabled; \`--enable\` ends that`),
        ),
      ),
    ...twins.map(renderTwin),
    ...blocked.map(({ label, id, why }) =>
      line(styled('warn', '  ! '), `\`${label}\` is left alone: ${id} cannot be read (${why})`),
    ),
    ...untouchedHeaders.map(({ label, id, headerNames }) =>
      line(
        styled(
          'muted',
          `  · ${label}  ${id}  has headers that the config does not mention: ${headerNames?.join(', ')}`,
        ),
      ),
    ),
    ...unmanaged.map((action) =>
      line(styled('muted', `  · ${action.label}  ${action.id}  ${unmanagedWhy(action)}, left alone`)),
    ),
  ];
}

/** Why an action is not the config's to change. */
export function unmanagedWhy({ services, unreadable }: LiveAction): string {
  if (unreadable !== undefined) return 'unreadable';
  return services.length > 1 ? 'on several services' : 'not in the config';
}

function renderTwin({ id, stored, label }: Twin): Line {
  const text = `\`${label}\` will stand beside ${visibleJson(stored)} (${id}), which looks the same and has another URL`;
  return line(styled('warn', '  ! '), text);
}

function renderChange(change: Change): Line[] {
  const [sign, style] = SIGN[change.kind];
  const head = (label: string, id?: string): Line =>
    line(styled(style, `  ${sign} ${change.kind.padEnd(6)} `), label, styled('muted', id ? `  ${id}` : ''));
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

/** Headers that an update sends although nothing is known to differ: the whole action is sent, and with it their values (fact 11). */
export function sentAlong({ after, fields }: Extract<Change, { readonly kind: 'update' }>): string[] {
  const told = fields.some(({ field }) => field === 'headers' || field === 'secrets');
  return told ? [] : plainHeaders(after.headers ?? []).map(({ name }) => name);
}

/** Headers that stay and reach another host: the config does not mention them, and their values cannot be read. */
function renderMovedHeaders(change: Change): Line[] {
  const text = movedHeadersText(change);
  return text === undefined ? [] : [line(styled('warn', `      ! ${text}`))];
}

/** The warning of an update that takes stored headers to another host; undefined where it takes none. */
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
      return [
        line(
          styled('muted', '      headers  '),
          ...diff.added.map((name) => styled('added', `+ ${name} `)),
          ...diff.removed.map((name) => styled('removed', `- ${name} `)),
          ...diff.kept.map((name) => `  ${name} `),
          styled('muted', WRITE_ONLY),
        ),
      ];
    case 'secrets':
      return [
        field(
          'secrets',
          `${diff.changed ? 'changed; ' : ''}${diff.names.join(', ')} sent again ${WRITE_ONLY}`,
        ),
      ];
  }
}

function renderTemporary(label: string): Line[] {
  return isTemporaryLabel(label) ? [line(styled('muted', `               ${TEMPORARY}`))] : [];
}

/** Two URLs that differ in hidden parts only look the same: then that is said. */
function renderUrls({ before, after, written }: Extract<FieldDiff, { readonly field: 'url' }>): Line[] {
  const [old, wanted] = [before === null ? '(none)' : maskUrl(before), shownUrl(after, written)];
  if (old !== wanted) return [field('url', old, wanted)];
  return [field('url', `${wanted} (differs in a part that is not shown)`)];
}

function field(name: string, before: string, after?: string): Line {
  const label = styled('muted', `      ${name.padEnd(8)} `);
  if (after === undefined) return line(label, before);
  return line(label, styled('removed', before), styled('muted', ' → '), styled('added', after));
}

/** How many of each: the plan's last line. */
export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly enable: number;
  readonly unchanged: number;
  readonly unmanaged: number;
  readonly services: number;
}

/** Counts what a plan does and what it leaves alone. */
export function countPlan(plan: Plan): Counts {
  const counts = { create: 0, update: 0, delete: 0, enable: 0 };
  for (const { kind } of changesOf(plan)) counts[kind] += 1;
  const sum = (of: (service: ServicePlan) => number): number => plan.services.reduce((n, s) => n + of(s), 0);
  return {
    ...counts,
    unchanged: sum(({ unchanged }) => unchanged.length),
    unmanaged: sum(({ unmanaged }) => unmanaged.length),
    services: plan.services.length,
  };
}

/** What stays as it is, and where. Of what there is nothing, nothing is said, unless nothing else would be. */
function renderRest({ unchanged, unmanaged, services }: Counts, idle: boolean): string {
  return [
    ...(unchanged > 0 || (idle && unmanaged === 0) ? [`${unchanged} as declared`] : []),
    ...(unmanaged > 0 ? [`${unmanaged} not in the config and left alone`] : []),
    `on ${plural(services, 'service')}`,
  ].join(', ');
}

/** `No changes.`, or what is to be done, and what cannot be seen. */
export function renderCounts(plan: Plan): Line[] {
  const counts = countPlan(plan);
  const work = (['update', 'create', 'delete', 'enable'] as const).filter((kind) => counts[kind] > 0);
  const rest = renderRest(counts, work.length === 0);
  const lines =
    work.length === 0
      ? [line(styled('ok', 'No changes.'), styled('muted', ` ${rest}.`))]
      : [
          line(
            styled('strong', 'Plan: '),
            work.map((kind) => `${counts[kind]} to ${kind}`).join(', '),
            styled('muted', `${rest.startsWith('on ') ? ', ' : '; '}${rest}.`),
          ),
        ];
  const untouched = plan.services.reduce((sum, service) => sum + service.untouchedHeaders.length, 0);
  if (untouched > 0) {
    const text = `Headers of ${plural(untouched, 'action')} are not in the config, and left as they are.`;
    lines.push(line(styled('muted', text)));
  }
  const writeOnly = plan.services.reduce((sum, service) => sum + service.writeOnly, 0);
  if (writeOnly > 0) {
    const text = `Header values are write-only: those of ${plural(writeOnly, 'action')} were not compared; \`--rotate-secrets\` sends them again.`;
    lines.push(line(styled('muted', text)));
  }
  return lines;
}
