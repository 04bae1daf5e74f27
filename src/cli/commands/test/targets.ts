/** The endpoints that `test` checks: one by its URL, actions of the config, without PagerDuty, or live actions. */
import type { Config } from '../../../config/config.ts';
import type { ServiceRef } from '../../../core/action.ts';
import { filledFor } from '../../../core/filling/fill.ts';
import { globMatcher, parseSelector, type Selector } from '../../../core/selector.ts';
import { ConfigError, UsageError } from '../../../errors.ts';
import { line, styled } from '../../../ui/text/text.ts';
import { checkedUrl, keepSecret, warnOfUrl } from '../../ask/fields.ts';
import { looksLikeId } from '../../ask/find-action.ts';
import { readHeaders } from '../../ask/headers.ts';
import type { Context } from '../../context.ts';
import { type CanFindLive, liveTargets } from './live.ts';
import type { NamedTarget, TargetFlags } from './named-target.ts';

/** The targets. Registers their secrets for redaction. @throws UsageError, ConfigError */
export async function targetsOf(
  context: CanFindLive & Pick<Context, 'config'>,
  action: string | undefined,
  flags: TargetFlags,
  service: ServiceRef,
): Promise<readonly NamedTarget[]> {
  const targets =
    flags.url === undefined
      ? await named(context, action, flags, service)
      : [await given(context, action, flags, flags.url)];
  for (const { url, headers } of targets) {
    keepSecret(
      context.io,
      url,
      headers.map((header) => ({ ...header, source: '' })),
    );
  }
  return targets;
}

async function given(
  context: Pick<Context, 'globals' | 'io' | 'env'>,
  action: string | undefined,
  flags: TargetFlags,
  url: string,
): Promise<NamedTarget> {
  if (action !== undefined || flags.service !== undefined) {
    throw new UsageError('test takes either actions or `--url`');
  }
  const headers = readHeaders(flags, context.env) ?? [];
  keepSecret(context.io, url, headers);
  const target = { key: null, label: 'pdactions test', url: checkedUrl(url, headers), headers };
  await warnOfUrl(context, target.url, headers);
  return target;
}

/** The config comes first: it needs no token, and it knows the values of the headers. */
async function named(
  context: CanFindLive & Pick<Context, 'config'>,
  action: string | undefined,
  flags: TargetFlags,
  service: ServiceRef,
): Promise<readonly NamedTarget[]> {
  if (action === undefined) return declared(context, await context.config(), undefined, flags, service);
  const names = await declaredNames(context, action);
  if (names.includes(action)) return declared(context, await context.config(), action, flags, service);
  return liveTargets(context, action, flags, names);
}

/**
 * Keys and labels of the config, without the values of its variables; none without a config. A broken config does not prevent a test by id.
 */
async function declaredNames({ labels }: Pick<Context, 'labels'>, text: string): Promise<readonly string[]> {
  const config = await labels().catch((error: unknown) => {
    if (error instanceof ConfigError && looksLikeId(text)) return null;
    throw error;
  });
  return config ? [...config.actions].flatMap(([key, { label }]) => [key, label]) : [];
}

function declared(
  context: Pick<Context, 'io'>,
  config: Config,
  action: string | undefined,
  { header, headerEnv, service: selectors }: TargetFlags,
  service: ServiceRef,
): readonly NamedTarget[] {
  if (header || headerEnv) {
    throw new UsageError(
      '`--header` and `--header-env` need `--url` or a live action: a declared action has its own headers',
      { hint: 'Change them in the config.' },
    );
  }
  const keys = selectors ? keysOn(config, selectors) : new Set(config.actions.keys());
  const specs = [...config.actions].filter(([key]) => keys.has(key));
  const chosen =
    action === undefined ? specs : specs.filter(([key, { label }]) => key === action || label === action);
  if (chosen.length === 0) throw notThere(action);
  for (const [key, { headers }] of chosen) if (headers === null) warnOfHeaders(context, key);
  return chosen.map(([key, spec]) => {
    const { label, url, urlSource, headers, written } = filledFor(spec, service);
    if (written) sayFilled(context, key, service);
    return { key, label, url, urlSource, headers: headers ?? [] };
  });
}

/** PagerDuty is not called here, so the service comes from the message. */
function sayFilled({ io }: Pick<Context, 'io'>, key: string, { id, name }: ServiceRef): void {
  const text = `${key} is tested for the service of the message, ${name} (${id}); \`--set incident.service.id=ID\` and \`incident.service.name\` change it`;
  io.say(line(styled('muted', text)));
}

/** Unmentioned headers keep their values in PagerDuty, which never returns them (fact 14). */
function warnOfHeaders({ io }: Pick<Context, 'io'>, key: string): void {
  const text = `the config does not declare headers of ${key}; any that PagerDuty has are not sent here`;
  io.say(line(styled('muted', text)));
}

function notThere(action: string | undefined): UsageError {
  return action === undefined
    ? new UsageError('the config has no actions there')
    : new UsageError(`the config does not put \`${action}\` on these services`);
}

/** The actions that the config selects for these services. @throws UsageError for a selector without an entry in the config */
function keysOn(config: Config, texts: readonly string[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const text of texts) {
    const wanted = parseSelector(text);
    if ('invalid' in wanted) throw new UsageError(`--service: ${wanted.invalid}`);
    const met = config.selections.filter(({ selector }) => overlaps(wanted, selector));
    if (met.length === 0) {
      throw new UsageError(`--service: no entry of the config's \`services\` is or matches \`${text}\``, {
        hint: 'Selectors are matched against the config, without calling PagerDuty.',
      });
    }
    for (const { actionKeys } of met) for (const key of actionKeys) keys.add(key);
  }
  return keys;
}

function overlaps(wanted: Selector, declared: Selector): boolean {
  if (wanted.text === declared.text) return true;
  if (wanted.kind === 'name' && declared.kind === 'glob') return globMatcher(declared.pattern)(wanted.name);
  if (wanted.kind === 'glob' && declared.kind === 'name') return globMatcher(wanted.pattern)(declared.name);
  return false;
}
