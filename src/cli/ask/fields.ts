/** Validates the label and the URL of an action, the same way for flags, typed text and a config. */

import { checkHeaderName, looksSecret } from '../../config/check/header.ts';
import { checkLabel } from '../../config/check/label.ts';
import { checkUrl, needsAddresses, type UrlOptions } from '../../config/check/url.ts';
import { isTemplate } from '../../config/secrets/interpolate.ts';
import { secretsOfUrl } from '../../config/secrets/url-secrets.ts';
import type { HeaderSpec } from '../../core/action.ts';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../ui/io.ts';
import { isPressedHere } from '../connection/address.ts';
import type { Context } from '../context.ts';

/** The label, or an error that names the flag. */
export function checkedLabel(text: string): string {
  const check = checkLabel(text);
  if (check.ok) return check.value;
  throw new UsageError(`--label: ${check.message}`, { hint: check.fix });
}

/** The URL, or an error that names the flag. A login in it is accepted, because the user typed it. */
export function checkedUrl(text: string, headers: readonly HeaderSpec[] | null): string {
  const check = checkUrl(text, urlOptions(text, headers));
  if (check.ok) return check.value;
  throw new UsageError(`--url: ${check.message}`, { hint: check.fix });
}

/** Prints the warnings about a valid URL. */
export async function warnOfUrl(
  { io, globals, env }: Pick<Context, 'io' | 'globals' | 'env'>,
  text: string,
  headers: readonly HeaderSpec[] | null,
): Promise<void> {
  const registries = needsAddresses(text)
    ? await import('../../config/check/special-addresses.ts')
    : undefined;
  const options = {
    ...urlOptions(text, headers),
    pressedHere: isPressedHere(globals, env),
    isInternal: registries?.isInternalHost,
  };
  const check = checkUrl(text, options);
  if (!check.ok) return;
  const strict = checkUrl(text, { ...options, allowInsecureUrl: false });
  for (const warning of strict.ok ? check.warnings : [strict.message, ...check.warnings]) {
    io.warn(warning);
  }
}

/** For a prompt: true, or the problem. */
export function judgeLabel(text: string): true | string {
  const check = checkLabel(text);
  return check.ok || check.message;
}

/** For a prompt: true, or the problem. */
export function judgeUrl(text: string): true | string {
  const check = checkUrl(text, urlOptions(text, null));
  return check.ok || check.message;
}

/** For a prompt: checks that a header of this name may be sent to the endpoint; secrets require encryption (T08). */
export function judgeHeaderName(name: string, url: string): true | string {
  const check = checkHeaderName(name);
  if (!check.ok) return `${check.message}. ${check.fix}`;
  // Ignores problems of the endpoint itself.
  if (!checkUrl(url, urlOptions(url, null)).ok) return true;
  const both = checkUrl(url, urlOptions(url, [{ name, value: '', source: '' }]));
  return both.ok || both.message;
}

function urlOptions(text: string, headers: readonly HeaderSpec[] | null): UrlOptions {
  const secretHeaders = (headers ?? []).filter(({ name, source }) => looksSecret(name) || isTemplate(source));
  return {
    allowUserinfo: true,
    allowInsecureUrl: true,
    sendsSecrets: secretHeaders.length > 0 || secretsOfUrl(text, []).length > 0,
  };
}

/** Registers possible secrets of an action, so that no output shows them. */
export function keepSecret(io: Io, url: string, headers: readonly HeaderSpec[] | null): void {
  for (const { value } of headers ?? []) io.addSecret(value);
  for (const secret of secretsOfUrl(url, [])) io.addSecret(secret);
}
