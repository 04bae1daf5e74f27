/** From what is wanted of an action to the plan of its update. */
import type { ActionSpec, HeaderSpec, LiveAction } from '../../../core/action.ts';
import { diffAction, type FieldDiff } from '../../../core/diff.ts';
import { isFingerprintName } from '../../../core/fingerprint.ts';
import type { Change, Plan } from '../../../core/plan.ts';
import { hidesSomething } from '../../../core/redacted.ts';
import { RefusedError } from '../../../errors.ts';
import { movedHeadersText } from '../../../ui/render/plan.ts';
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
}

export interface Ready {
  readonly after: ActionSpec;
  readonly plan: Plan;
  readonly readAt: number;
}

export interface Wanted {
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: readonly HeaderSpec[] | null;
}

export function asksForSomething({ label, url, header, headerEnv, removeHeader }: UpdateOptions): boolean {
  return [label, url, header, headerEnv, removeHeader].some((value) => value !== undefined);
}

export function likeThat({ label, id }: LiveAction): string {
  return `${label} (${id}) is like that already.`;
}

/** What would be changed; null when the action is like that already. @throws RefusedError, UsageError */
export async function prepareUpdate(
  context: Pick<Context, 'globals' | 'store' | 'io' | 'clock'>,
  action: LiveAction,
  wanted: Wanted,
  options: UpdateOptions,
): Promise<Ready | null> {
  const service = expectWritable(action);
  const after = specFor(action, wanted, options.removeHeader ?? []);
  keepSecret(context.io, after.url, after.headers);
  if (wanted.url !== undefined) {
    await warnOfUrl(context, checkedUrl(after.url, after.headers), after.headers);
  }
  const fields = fieldsOf(after, action);
  if (fields.length === 0) return null;
  sayOfFingerprint(context, after, action);
  const change: Change = { kind: 'update', service, id: action.id, before: action, after, fields };
  expectHeadersMeant(context, change, options);
  const readAt = context.clock.now();
  const plan = await planOf(await context.store(), [change]);
  expectLabelFree(plan, after.label, action);
  return { after, plan, readAt };
}

/** @throws RefusedError off a terminal, when stored headers would go to another host without a word about them */
function expectHeadersMeant(
  { io }: Pick<Context, 'io'>,
  change: Change,
  { keepHeaders = false }: UpdateOptions,
): void {
  const text = movedHeadersText(change);
  if (text === undefined || keepHeaders) return;
  if (io.canPrompt) {
    io.warn(text);
    return;
  }
  throw new RefusedError(text, {
    hint: 'Nothing was written. Give the headers with `--header-env`, or add `--keep-headers` if the new host may have them.',
  });
}

/** @throws RefusedError when the new label is that of another button on the service: no sync could tell the two apart */
function expectLabelFree({ services }: Plan, label: string, { id, label: before }: LiveAction): void {
  if (label === before) return;
  for (const { service, live } of services) {
    const taken = live.own.filter((other) => other.label === label && other.id !== id);
    if (taken.length === 0) continue;
    throw new RefusedError(`there is a \`${label}\` already`, {
      reason: 'duplicate',
      details: taken.map((other) => `${other.id} on ${service.name}`),
      hint: 'Take another label, or delete that one first. Nothing was written.',
    });
  }
}

/** What a person changes by hand is not what the fingerprint was made of. */
function sayOfFingerprint({ io }: Pick<Context, 'io'>, after: ActionSpec, before: LiveAction): void {
  if (!before.headerNames?.some(isFingerprintName)) return;
  const text =
    after.headers !== null
      ? 'the fingerprint of the old header values is dropped; the next `pdactions sync` makes a new one'
      : after.label === before.label
        ? undefined
        : 'the fingerprint is for the old label; the next `pdactions sync` sends the headers again with a new one';
  if (text !== undefined) io.say(line(styled('warn', 'note: '), text));
}

/** The whole action as it is to be. What PagerDuty hides cannot be sent back, so it has to be given, or the update is refused. */
function specFor(action: LiveAction, wanted: Wanted, removed: readonly string[]): ActionSpec {
  const url = wanted.url ?? action.url;
  if (url === null || (wanted.url === undefined && hidesSomething(url))) {
    throw new RefusedError(
      `PagerDuty hides a part of the URL of \`${action.label}\`, so it cannot be sent back`,
      {
        hint: 'Give the whole URL with `--url`. Nothing was written.',
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
  // A fingerprint is over the old values: with the new ones it goes, and the next sync makes another.
  const lost = current.filter((name) => !has(names, name) && !has(removed, name) && !isFingerprintName(name));
  if (lost.length === 0) return headers;
  throw new RefusedError(
    `the headers of an action are written all together, and the present value of ${lost.join(', ')} cannot be read`,
    {
      hint: `Give ${lost.map((name) => `\`--header-env ${name}=VARIABLE\``).join(' ')} too, or drop them with ${lost.map((name) => `\`--remove-header ${name}\``).join(' ')}. Nothing was written.`,
    },
  );
}

/** What differs; values given for headers that are there already are sent, though nothing visible differs. */
function fieldsOf(after: ActionSpec, before: LiveAction): FieldDiff[] {
  const fields = diffAction(after, before);
  const names = (after.headers ?? []).map(({ name }) => name);
  if (names.length === 0 || fields.some(({ field }) => field === 'headers')) return fields;
  return [...fields, { field: 'secrets', names }];
}
