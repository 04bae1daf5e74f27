/** Tokens of an OAuth app for one URL (fact 20). Loaded only if an app is the credential. */
import { UsageError } from '../../errors.ts';
import { type MintOptions, type OAuthApp, tokensOf } from '../../pagerduty/auth/oauth.ts';
import { REGION_HOSTS } from '../../pagerduty/http/api-url.ts';

const IDENTITY = 'https://identity.pagerduty.com';

/** The region of one of PagerDuty's own URLs. */
export const REGIONS: Readonly<Record<string, OAuthApp['region']>> = {
  [REGION_HOSTS.us]: 'us',
  [REGION_HOSTS.eu]: 'eu',
};

/** An OAuth app as a credential, and the reason why it is used. */
export interface AppCredential {
  readonly app: Omit<OAuthApp, 'region'>;
  readonly scopes: MintOptions['scopes'];
  /** The command that needs the scopes, for messages: `pdactions plan` in backticks. */
  readonly neededBy: string;
  readonly names: MintOptions['names'];
}

/**
 * The supply of tokens for `url`. Nothing is sent yet.
 * @throws UsageError for an invalid subdomain, and the errors of `openTo`
 */
export async function appTokens(
  credential: AppCredential,
  url: string,
  base: Pick<MintOptions, 'userAgent' | 'timeoutMs' | 'onToken' | 'onGranted' | 'calling'> & {
    readonly openTo: (target: URL) => Promise<MintOptions['route']>;
  },
): Promise<() => Promise<string>> {
  const { app, names } = credential;
  if (!/^[a-z\d-]{1,63}$/.test(app.subdomain)) {
    throw new UsageError(`${names.subdomain} is not a valid subdomain`, {
      hint: 'For https://acme.pagerduty.com it is `acme`.',
    });
  }
  // Any server except PagerDuty itself issues its own tokens: a sandbox, or a gateway named by the user.
  const region = REGIONS[url];
  const identityUrl = region ? IDENTITY : new URL(url).origin;
  const { openTo, ...rest } = base;
  return tokensOf({
    ...rest,
    ...credential,
    app: { ...app, region: region ?? 'us' },
    identityUrl,
    route: await openTo(new URL(identityUrl)),
  });
}
