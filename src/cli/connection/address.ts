/** The API to call. Never from the repository's config, except for the region (docs/threats.md, standing rule 1). */
import { UsageError } from '../../errors.ts';
import { checkApiUrl, REGION_HOSTS, type Region } from '../../pagerduty/http/api-url.ts';
import { isLoopback, parseUrl } from '../../parse-url.ts';
import type { GlobalOptions } from '../options.ts';

export interface AddressSource {
  readonly apiUrl?: string | undefined;
  readonly region?: Region | undefined;
  /** PAGERDUTY_API_URL and PAGERDUTY_SERVICE_REGION. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called only if nothing else names the region. */
  readonly configRegion: () => Promise<Region | undefined>;
}

export interface Address {
  readonly url: string;
  /** The source of it, for messages: a flag, a variable, the config or the default. */
  readonly from: string;
}

/** `--api-url`, `--region`, PAGERDUTY_API_URL, PAGERDUTY_SERVICE_REGION, the config's `region`, us: the first that is set. */
export async function resolveAddress({ apiUrl, region, env, configRegion }: AddressSource): Promise<Address> {
  if (apiUrl !== undefined && region !== undefined) {
    throw new UsageError('`--api-url` and `--region` cannot be combined', {
      hint: 'Omit one of them.',
    });
  }
  if (apiUrl !== undefined) return checked(apiUrl, '--api-url');
  if (region !== undefined) return { url: REGION_HOSTS[region], from: '`--region`' };
  if (env.PAGERDUTY_API_URL) return checked(env.PAGERDUTY_API_URL, 'PAGERDUTY_API_URL');
  if (env.PAGERDUTY_SERVICE_REGION) {
    return {
      url: REGION_HOSTS[checkRegion(env.PAGERDUTY_SERVICE_REGION)],
      from: 'PAGERDUTY_SERVICE_REGION',
    };
  }
  const asked = await configRegion();
  return { url: REGION_HOSTS[asked ?? 'us'], from: asked ? 'the `region` of the config' : 'the default' };
}

/** The base URL of a run. A profile has its own; if flags or variables contradict it, the profile is refused. */
export async function addressFor(
  { globals, env, configRegion }: AddressSettings & Pick<AddressSource, 'configRegion'>,
  profile?: { readonly name: string; readonly url: string },
): Promise<Address> {
  if (profile && !namesAddress({ globals, env })) {
    return { url: profile.url, from: `the profile ${profile.name}` };
  }
  return resolveAddress({ apiUrl: globals.apiUrl, region: globals.region, env, configRegion });
}

interface AddressSettings {
  readonly globals: Pick<AddressSource, 'apiUrl' | 'region'>;
  readonly env: AddressSource['env'];
}

/** True if a flag or a variable names a URL or a region. */
export function namesAddress({ globals, env }: AddressSettings): boolean {
  const { PAGERDUTY_API_URL, PAGERDUTY_SERVICE_REGION } = env;
  return Boolean(globals.apiUrl || globals.region || PAGERDUTY_API_URL || PAGERDUTY_SERVICE_REGION);
}

function checked(text: string, from: string): Address {
  return { url: checkApiUrl(text, from), from: from.startsWith('-') ? `\`${from}\`` : from };
}

function checkRegion(text: string): Region {
  const lower = text.toLowerCase();
  if (lower === 'us' || lower === 'eu') return lower;
  throw new UsageError('PAGERDUTY_SERVICE_REGION must be `us` or `eu`');
}

/** True if presses come from this machine: with a sandbox, by its flag or its URL. */
export function isPressedHere(
  globals: Pick<GlobalOptions, 'sandbox' | 'apiUrl'>,
  env: AddressSource['env'],
): boolean {
  const url = parseUrl(globals.apiUrl ?? env.PAGERDUTY_API_URL ?? '');
  return globals.sandbox !== undefined || (url !== undefined && isLoopback(url.hostname));
}
