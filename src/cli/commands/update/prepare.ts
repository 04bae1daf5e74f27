/** Makes the plan that updates actions. */
import type { ActionSpec, HeaderSpec, LiveAction } from '../../../core/action.ts';
import { diffAction, type FieldDiff } from '../../../core/diff.ts';
import { isFingerprintName } from '../../../core/headers/header-names.ts';
import type { Plan, Update } from '../../../core/plan.ts';
import { hidesSomething } from '../../../core/same/redacted.ts';
import { RefusedError } from '../../../errors.ts';
import { movedHeadersText } from '../../../ui/render/plan/plan.ts';
import { line, styled } from '../../../ui/text/text.ts';
import { checkedUrl, keepSecret, warnOfUrl } from '../../ask/fields.ts';
import { expectWritable } from '../../ask/find-action.ts';
import type { HeaderFlags } from '../../ask/headers.ts';
import type { Context } from '../../context.ts';
import { planOf } from '../../plan/manual-plan.ts';

export interface UpdateOptions extends HeaderFlags {
  readonly service?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly removeHeader?: readonly string[] | undefined;
  readonly keepHeaders?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Ready {
  readonly updates: readonly Update[];
  readonly plan: Plan;
  readonly readAt: number;
}

export interface WantedFields {
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: readonly HeaderSpec[] | null;
}

export function asksForSomething({ label, url, header, headerEnv, removeHeader }: UpdateOptions): boolean {
  return [label, url, header, headerEnv, removeHeader].some((value) => value !== undefined);
}

export function likeThat(actions: readonly LiveAction[]): string {
  const [{ label, id } = { label: '', id: '' }, ...others] = actions;
  return others.length === 0
    ? `${label} (${id}) already has these values.`
    : `${label} already has these values on ${actions.length} services.`;
}

/** Plans the updates; null if all the actions are up to date. @throws RefusedError, UsageError */
export async function prepareUpdate(
  context: Pick<Context, 'globals' | 'env' | 'store' | 'io' | 'clock'>,
  actions: readonly LiveAction[],
  wanted: WantedFields,
  options: UpdateOptions,
): Promise<Ready | null> {
  const all = actions.map((action) => updateOf(action, wanted, options.removeHeader ?? []));
  for (const { after } of all) keepSecret(context.io, after.url, after.headers);
  const [first] = all;
  if (wanted.url !== undefined && first) {
    const { url, headers } = first.after;
    await warnOfUrl(context, checkedUrl(url, headers), headers);
  }
  const updates = all.filter(({ fields }) => fields.length > 0);
  if (updates.length === 0) return null;
  const alike = all.length - updates.length;
  if (alike > 0)
    context.io.say(line(styled('muted', `${alike} of ${all.length} already have these values.`)));
  sayOfFingerprints(context, updates);
  expectHeadersMeant(context, updates, options);
  const readAt = context.clock.now();
  const plan = await planOf(await context.store(), updates);
  expectLabelsFree(plan);
  return { updates, plan, readAt };
}

function updateOf(action: LiveAction, wanted: WantedFields, removed: readonly string[]): Update {
  const service = expectWritable(action);
  const after = specFor(action, wanted, removed);
  return {
    kind: 'update',
    service,
    id: action.id,
    before: action,
    after,
    fields: fieldsOf(after, action),
  };
}

/** @throws RefusedError off a terminal, if stored headers would go to another host without a flag */
function expectHeadersMeant(
  { io }: Pick<Context, 'io'>,
  updates: readonly Update[],
  { keepHeaders = false }: UpdateOptions,
): void {
  const texts = new Set(updates.flatMap((update) => movedHeadersText(update) ?? []));
  const [first, ...others] = texts;
  if (first === undefined || keepHeaders) return;
  if (io.canPrompt) {
    for (const text of texts) io.warn(text);
    return;
  }
  throw new RefusedError(first, {
    details: others,
    hint: 'Nothing was written. Pass the headers with `--header-env`, or `--keep-headers` if the new host may have them.',
  });
}

/** @throws RefusedError if another action on the service has the new label: no sync could tell the two apart */
function expectLabelsFree({ services }: Plan): void {
  const taken = services.flatMap(({ service, changes, live }) =>
    changes.flatMap((change) => {
      if (change.kind !== 'update' || change.after.label === change.before.label) return [];
      const { label } = change.after;
      return live.writable
        .filter((other) => other.label === label && other.id !== change.id)
        .map(({ id }) => ({ label, text: `${id} on ${service.name}` }));
    }),
  );
  const [first] = taken;
  if (!first) return;
  throw new RefusedError(`\`${first.label}\` already exists`, {
    reason: 'duplicate',
    details: taken.map(({ text }) => text),
    hint: 'Choose another label, or delete that action first. Nothing was written.',
  });
}

/** The fingerprint does not match a value that was changed by hand. */
function sayOfFingerprints({ io }: Pick<Context, 'io'>, updates: readonly Update[]): void {
  const texts = updates.flatMap(({ after, before }) => fingerprintNote(after, before) ?? []);
  for (const text of new Set(texts)) io.say(line(styled('warn', 'note: '), text));
}

function fingerprintNote(after: ActionSpec, before: LiveAction): string | undefined {
  if (!before.headerNames?.some(isFingerprintName)) return undefined;
  if (after.headers !== null) {
    return 'the fingerprint of the old header values is removed; the next `pdactions sync` creates a new one';
  }
  return after.label === before.label
    ? undefined
    : 'the fingerprint is for the old label; the next `pdactions sync` sends the headers again with a new one';
}

/** The whole updated action. Values that PagerDuty hides cannot be sent back, so they must be given, or the update is refused. */
function specFor(action: LiveAction, wanted: WantedFields, removed: readonly string[]): ActionSpec {
  const url = wanted.url ?? action.url;
  if (url === null || (wanted.url === undefined && hidesSomething(url))) {
    throw new RefusedError(
      `PagerDuty hides part of the URL of \`${action.label}\`, so it cannot be sent back`,
      {
        hint: 'Pass the whole URL with `--url`. Nothing was written.',
      },
    );
  }
  const label = wanted.label ?? action.label;
  return { key: label, label, url, headers: headersFor(action, wanted.headers, removed), renamedFrom: [] };
}

function headersFor(
  action: LiveAction,
  given: readonly HeaderSpec[] | null,
  removed: readonly string[],
): readonly HeaderSpec[] | null {
  if (given === null && removed.length === 0) return null;
  const headers = given ?? [];
  const current = action.headerNames ?? [];
  const has = (names: readonly string[], name: string): boolean =>
    names.some((other) => other.toLowerCase() === name.toLowerCase());
  for (const name of removed) {
    if (action.headerNames !== null && !has(current, name)) {
      throw new RefusedError(`\`${action.label}\` (${action.id}) has no header ${name}`, {
        hint:
          current.length === 0 ? 'It has no headers.' : `It has ${current.join(', ')}. Nothing was written.`,
      });
    }
  }
  const names = headers.map(({ name }) => name);
  // A fingerprint covers the old values, so new ones drop it, and the next sync makes another.
  const lost = current.filter((name) => !has(names, name) && !has(removed, name) && !isFingerprintName(name));
  if (lost.length === 0) return headers;
  throw new RefusedError(
    `headers can only be written all together, and the current value of ${lost.join(', ')} cannot be read`,
    {
      hint: `Also pass ${lost.map((name) => `\`--header-env ${name}=VARIABLE\``).join(' ')}, or drop them with ${lost.map((name) => `\`--remove-header ${name}\``).join(' ')}. Nothing was written.`,
    },
  );
}

/** The fields that differ; given values for existing headers are sent even if no readable field differs. */
function fieldsOf(after: ActionSpec, before: LiveAction): FieldDiff[] {
  const fields = diffAction(after, before);
  const names = (after.headers ?? []).map(({ name }) => name);
  if (names.length === 0 || fields.some(({ field }) => field === 'headers')) return fields;
  return [...fields, { field: 'secrets', names }];
}
