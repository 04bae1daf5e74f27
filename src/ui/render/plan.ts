/** The plan, to be read like a good code review: what changes, field by field, and what is left alone. */
import type { ActionSpec } from '../../core/action.ts';
import type { FieldDiff } from '../../core/diff.ts';
import { plainHeaders } from '../../core/fingerprint.ts';
import type { GuardVerdict } from '../../core/guard.ts';
import type { Change, ChangeKind, Plan, ServicePlan } from '../../core/plan.ts';
import { changesOf } from '../../core/plan.ts';
import type { Refusal } from '../../core/refusal.ts';
import { maskUrl } from '../mask-url.ts';
import { plural } from '../plural.ts';
import { type Line, line, type Style, styled } from '../text.ts';
import { slotDots, slotMap } from './slots.ts';

/** What stands in the place of a header value. */
export const WRITE_ONLY = '(write-only)';

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
      line(styled('muted', `… and ${more} more services with nothing to do; see \`pdactions list\``)),
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
    ...untouchedHeaders.map(({ label, id, headerNames }) =>
      line(
        styled(
          'muted',
          `  · ${label}  ${id}  has headers that the config does not mention: ${headerNames?.join(', ')}`,
        ),
      ),
    ),
    ...unmanaged.map(({ label, id, services }) =>
      line(
        styled(
          'muted',
          `  · ${label}  ${id}  ${services.length > 1 ? 'on several services' : 'not in the config'}, left alone`,
        ),
      ),
    ),
  ];
}

function renderChange(change: Change): Line[] {
  const [sign, style] = SIGN[change.kind];
  const head = (label: string, id?: string): Line =>
    line(styled(style, `  ${sign} ${change.kind.padEnd(6)} `), label, styled('muted', id ? `  ${id}` : ''));
  switch (change.kind) {
    case 'create':
      return [head(change.after.label), ...renderSpec(change.after)];
    case 'update':
      return [head(change.after.label, change.id), ...shownFields(change).flatMap(renderField)];
    case 'delete':
      return [head(change.before.label, change.id), field('url', maskUrl(change.before.url ?? ''))];
    case 'enable':
      return [head(change.before.label, change.id)];
  }
}

/**
 * The differences, and the headers whose values go along although they do not differ in anything that can be read: an update is made from the
 * config alone, so what the config has for them replaces what is there.
 */
export function shownFields({ fields, after }: Extract<Change, { readonly kind: 'update' }>): FieldDiff[] {
  const told = fields.some(({ field: name }) => name === 'headers' || name === 'secrets');
  const names = told ? [] : plainHeaders(after.headers ?? []).map(({ name }) => name);
  return names.length === 0 ? [...fields] : [...fields, { field: 'secrets', names }];
}

function renderSpec({ url, headers }: ActionSpec): Line[] {
  const names = (headers ?? []).map(({ name }) => name);
  return [
    field('url', maskUrl(url)),
    ...(names.length > 0 ? [field('headers', `${names.join(', ')} ${WRITE_ONLY}`)] : []),
  ];
}

function renderField(diff: FieldDiff): Line[] {
  switch (diff.field) {
    case 'label':
      return [field('label', diff.before, diff.after)];
    case 'url':
      return renderUrls(diff.before, diff.after);
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

/** Two URLs that differ in hidden parts only look the same: then that is said. */
function renderUrls(before: string | null, after: string): Line[] {
  const [old, wanted] = [before === null ? '(none)' : maskUrl(before), maskUrl(after)];
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

/** `No changes.`, or what is to be done, and what cannot be seen. */
export function renderCounts(plan: Plan): Line[] {
  const counts = countPlan(plan);
  const work = (['update', 'create', 'delete', 'enable'] as const).filter((kind) => counts[kind] > 0);
  const rest = `${counts.unchanged} as declared, ${counts.unmanaged} not in the config and left alone, on ${plural(counts.services, 'service')}`;
  const lines =
    work.length === 0
      ? [line(styled('ok', 'No changes.'), styled('muted', ` ${rest}.`))]
      : [
          line(
            styled('strong', 'Plan: '),
            work.map((kind) => `${counts[kind]} to ${kind}`).join(', '),
            styled('muted', `; ${rest}.`),
          ),
        ];
  const writeOnly = plan.services.reduce((sum, service) => sum + service.writeOnly, 0);
  if (writeOnly > 0) {
    const text = `Header values are write-only: those of ${plural(writeOnly, 'action')} were not compared; \`--rotate-secrets\` sends them again.`;
    lines.push(line(styled('muted', text)));
  }
  return lines;
}

/** What keeps a plan from being carried out, and the way out. */
export function renderRefusal(refusal: Refusal): Line[] {
  const { service } = refusal;
  const head = (text: string): Line => line(styled('error', '✗ '), text);
  const hint = (text: string): Line => line(styled('accent', '    → '), text);
  switch (refusal.code) {
    case 'over-limit':
      return [
        head(
          `${service.name} (${service.id}) would have ${refusal.slots.length} custom incident actions; a service has 3 slots`,
        ),
        ...slotMap(refusal.slots).map((row) => line('    ', ...row)),
        hint(
          `${refusal.pruneHelps ? 'Turn on `prune` to delete what is not in the config, or take' : 'Take'} an action out of ${askers(refusal).join(', ')}.`,
        ),
      ];
    case 'duplicate-label':
      return [
        head(
          `${service.name} (${service.id}) has \`${refusal.label}\` ${refusal.ids.length} times: ${refusal.ids.join(', ')}`,
        ),
        hint(
          `Compare them with \`pdactions show ID\`, then remove one: \`pdactions delete ${refusal.ids.at(-1)}\`.`,
        ),
      ];
    case 'ambiguous-rename':
      return [
        head(
          `${service.name} (${service.id}) has several actions that \`${refusal.label}\` may have been: ${refusal.candidates.map(({ id, label }) => `${label} (${id})`).join(', ')}`,
        ),
        hint('Leave one label in `renamedFrom`, or delete the other action first.'),
      ];
    case 'same-label-twice':
      return [
        head(
          `${service.name} (${service.id}) is to carry \`${refusal.label}\` twice: by ${refusal.keys.map((key) => `\`${key}\``).join(' and ')}`,
        ),
        ...(refusal.asked ?? []).map(({ key, selector, place }) =>
          line(`    ${place.file}:${place.line} \`${selector}\` asks for \`${key}\``),
        ),
        hint('Give one of the two another label, or select only one for this service.'),
      ];
  }
}

/** The selectors that fill a service, with the lines they stand on where those are known: several files may be involved. */
function askers({
  selectors,
  asked = [],
}: Extract<Refusal, { readonly code: 'over-limit' }>): readonly string[] {
  const placed = asked.map(({ selector, place }) => `\`${selector}\` (${place.file}:${place.line})`);
  return placed.length > 0 ? [...new Set(placed)] : selectors.map((text) => `\`${text}\``);
}

/** A guard that stops the run, with the numbers and the flag. */
export function renderVerdict(verdict: GuardVerdict): Line[] {
  if (verdict.guard === 'allow-empty') {
    const text = `the config declares nothing for these services, so ${plural(verdict.deletes, 'action')} would be deleted and nothing would be left`;
    return [
      line(styled('error', '✗ '), text),
      line(styled('accent', '    → '), 'If that is meant, add `--allow-empty`.'),
    ];
  }
  const { deletes, limit, inScope } = verdict;
  return [
    line(
      styled('error', '✗ '),
      `${plural(deletes, 'delete')}; without a word the limit is ${limit} (of ${inScope} in scope)`,
    ),
    line(styled('accent', '    → '), `If that is meant, add \`--max-deletes ${deletes}\`.`),
  ];
}
