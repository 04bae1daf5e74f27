/** Findings about everything that a run needs before its first request. */

import type { Config } from '../../../config/config.ts';
import { ConfigError } from '../../../errors.ts';
import { proxyFor } from '../../../lib/way/proxy-env.ts';
import { plural } from '../../../ui/text/plural.ts';
import { VERSION } from '../../../version.ts';
import { addressFor } from '../../connection/address.ts';
import { checkTls } from '../../connection/check-tls.ts';
import { openRoute } from '../../connection/open-route.ts';
import { chooseProfile } from '../../connection/profile.ts';
import type { Profile } from '../../connection/profile-files.ts';
import { namesApp, TOKEN_SOURCES } from '../../connection/token.ts';
import type { CanChooseProfile, CanReadToken, Context } from '../../context.ts';
import { type DoctorFinding, fail, failed, ok, warn } from './finding.ts';

/** The oldest major version of Node that still gets security fixes. */
const OLDEST_SUPPORTED = 22;

export function nodeFinding(version: string): DoctorFinding {
  const text = `pdactions ${VERSION} on Node ${version.replace(/^v/, '')}`;
  const major = Number(/\d+/.exec(version)?.[0]);
  return major >= OLDEST_SUPPORTED
    ? ok('node', text)
    : warn('node', `${text}, which no longer gets security fixes`, `Use Node ${OLDEST_SUPPORTED} or later.`);
}

/** The config, or only the finding if there is no usable one. */
export async function readConfig(
  context: Pick<Context, 'config'>,
): Promise<{ config?: Config; finding: DoctorFinding }> {
  try {
    const config = await context.config();
    const { file, actions, selections } = config;
    const text = `${file}: ${plural(actions.size, 'action')}, ${plural(selections.length, 'service selector')}`;
    return { config, finding: ok('config', text) };
  } catch (error) {
    if (error instanceof ConfigError && error.problems.length === 0) {
      return { finding: warn('config', error.message, error.hint) };
    }
    const finding = failed('config', error);
    if (!(error instanceof ConfigError)) return { finding };
    const [first] = error.problems;
    const where = [first?.file, first?.line].filter((part) => part !== undefined).join(':');
    const text = `${error.message}; the first: ${where} ${first?.path ?? ''} ${first?.message ?? ''}`;
    return { finding: { ...finding, text, next: 'Run `pdactions validate` to see them all.' } };
  }
}

/** URL, proxy and certificates: the route from this machine. */
export async function wayFindings(
  context: CanReadToken & CanChooseProfile & Pick<Context, 'configRegion' | 'io' | 'cwd'>,
): Promise<readonly DoctorFinding[]> {
  const { globals, io } = context;
  if (globals.sandbox !== undefined) return [ok('address', 'the sandbox on this machine')];
  try {
    const address = await addressFor(context, await countingProfile(context).catch(() => undefined));
    const addressFinding = ok('address', `${address.url}, from ${address.from}`);
    return [
      addressFinding,
      proxyFinding(context, new URL(address.url)),
      await trustFinding(context, address.url),
    ];
  } catch (error) {
    io.status(null);
    return [failed('address', error)];
  }
}

function proxyFinding({ globals, env }: Pick<Context, 'globals' | 'env'>, target: URL): DoctorFinding {
  if (!globals.proxy) return ok('proxy', 'off (`--no-proxy`)');
  try {
    const proxy = proxyFor(target, env);
    const text = proxy
      ? `${proxy.url.protocol}//${proxy.url.host}, from ${proxy.from}`
      : 'none for this address';
    return ok('proxy', text);
  } catch (error) {
    return failed('proxy', error);
  }
}

async function trustFinding(
  context: Pick<Context, 'globals' | 'env' | 'cwd'>,
  address: string,
): Promise<DoctorFinding> {
  const { globals, env } = context;
  const over = new AbortController();
  try {
    checkTls(address, context);
    // Without a proxy: certificate files are read for HTTPS only.
    await openRoute({ ...context, globals: { ...globals, proxy: false } }, new URL(address), over.signal);
  } catch (error) {
    return failed('certificates', error);
  } finally {
    over.abort();
  }
  const sources = [
    ...(globals.caFile === undefined ? [] : [globals.caFile]),
    ...(globals.useSystemCa ? ['the system store'] : []),
    ...(env.NODE_EXTRA_CA_CERTS ? ['NODE_EXTRA_CA_CERTS'] : []),
  ];
  return ok('certificates', ["Node's built-in authorities", ...sources].join(', and '));
}

/** The sources that are set, by precedence. */
function setSources(context: CanReadToken): readonly string[] {
  const { tokenFile, tokenType } = context.globals;
  const world = { ...context, tokenFile, tokenType, warn: () => undefined };
  const tokens = TOKEN_SOURCES.filter((source) => source.isSet(world)).map(({ name }) => name);
  return namesApp(context.env) ? [...tokens, 'PAGERDUTY_CLIENT_ID'] : tokens;
}

/** The profile, if it is effective. @throws AuthError, RefusedError, UsageError as every command does */
async function countingProfile(context: CanReadToken & CanChooseProfile): Promise<Profile | undefined> {
  const counts = context.globals.profile !== undefined || setSources(context).length === 0;
  return counts ? chooseProfile(context) : undefined;
}

/** The effective source of credentials, and the others that are also set. */
export async function credentialsFinding(context: CanReadToken & CanChooseProfile): Promise<DoctorFinding> {
  if (context.globals.sandbox !== undefined) return ok('credentials', "the sandbox's token");
  const names = [...setSources(context)];
  try {
    const profile = await countingProfile(context);
    if (profile) names.unshift(`the profile ${profile.name}`);
  } catch (error) {
    return failed('credentials', error);
  }
  const [counts, ...others] = names;
  if (counts === undefined) {
    const hint =
      'Set PAGERDUTY_TOKEN, sign in with `pdactions auth login`, or pass a file with `--token-file` (docs/getting-a-token.md). To try it without an account, add `--sandbox`.';
    return fail('credentials', 'auth', 'no PagerDuty API token found', hint);
  }
  if (others.length === 0) return ok('credentials', `from ${counts}`);
  const text = `from ${counts}; also set, and not used: ${others.join(', ')}`;
  return warn(
    'credentials',
    text,
    `Only ${counts} is used; unset the others, or unset it to use another one.`,
  );
}
