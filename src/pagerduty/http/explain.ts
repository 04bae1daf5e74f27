/** Turns a failure after the last resend into an error for users: what failed, on what, why, and the next step. */
import {
  type Aftermath,
  AuthError,
  type HttpFacts,
  type PdactionsError,
  type Reason,
  RemoteError,
} from '../../errors.ts';
import type { ApiFailure, FailureKind } from './failure.ts';
import { explainProxy } from './route/explain-proxy.ts';

/** The call that failed. */
export interface FailedCall {
  readonly method: string;
  readonly path: string;
  /** Host and port. */
  readonly host: string;
  /** The source of this URL. */
  readonly hostFrom?: string | undefined;
  /** An OAuth app got the token. */
  readonly ofApp?: boolean | undefined;
  /** In words after "could not": `read the list of services`. */
  readonly what: string;
}

/** The error for a failure. `aftermath` comes from the table; failures of the token are AuthErrors in any case. */
export function explain(call: FailedCall, failure: ApiFailure, aftermath: Aftermath): PdactionsError {
  const { why, hint, reason } = EXPLANATIONS[failure.kind](failure, call);
  const message = `could not ${call.what}: ${why}`;
  const options = {
    reason,
    hint,
    http: factsOf(call, failure),
    cause: failure.cause,
    details: detailsOf(failure),
  };
  return isAuth(failure.kind)
    ? new AuthError(message, options)
    : new RemoteError(message, { ...options, aftermath });
}

function isAuth(kind: FailureKind): boolean {
  return kind === 'unauthorized' || kind === 'forbidden' || kind === 'ability';
}

function factsOf({ method, path, host }: FailedCall, failure: ApiFailure): HttpFacts {
  const { status, code, message, errors, requestId, requiredScopes } = failure;
  return {
    method,
    path,
    host,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(errors === undefined || errors.length === 0 ? {} : { errors }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(requiredScopes === undefined ? {} : { requiredScopes }),
  };
}

/** PagerDuty's own words. */
function detailsOf({ message, errors = [], requiredScopes = [] }: ApiFailure): string[] {
  const scopes = requiredScopes.length > 0 ? [`the token lacks the scope ${requiredScopes.join(', ')}`] : [];
  const said = [message, ...errors].filter((text) => text !== undefined && text !== '');
  return [...(said.length > 0 ? [`PagerDuty says: ${said.join('; ')}`] : []), ...scopes];
}

interface Explanation {
  readonly reason: Reason;
  readonly why: string;
  readonly hint: string;
}

const RERUN = 'Run the same command again: it reads the account first and never repeats a change.';
const PROXY =
  'A proxy, a captive portal or another program may be answering instead. Check the API URL and the network.';

const ADDRESS =
  'Check the scheme and port of the API URL (`--api-url`, PAGERDUTY_API_URL): another program is listening there.';

const ADDRESSED = 'Check the network and the API URL (`--api-url`, PAGERDUTY_API_URL).';

const TOKEN =
  'Check that PAGERDUTY_TOKEN is a valid REST API key, and that the region (`--region us|eu`) matches the account.';
const EXPIRED = 'OAuth tokens expire, API keys do not. Get a new token, or use an API key.';
const OF_APP =
  'The app itself was accepted. Check that the region (`--region us|eu`) matches the account, and run the command again.';
const SANDBOX_TOKEN =
  'If this is a sandbox, its token changes at each start: set both variables that it printed.';

/** True for this machine, where the server is most often a sandbox. */
function isHere(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/.test(host);
}

/** OpenSSL's codes for a certificate with an unknown signer. */
const UNKNOWN_CA =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)_\w+)$/;

/** OpenSSL's codes for an answer that is not TLS at all. */
const NOT_TLS: ReadonlySet<string> = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER']);

const EXPLANATIONS: Readonly<Record<FailureKind, (failure: ApiFailure, call: FailedCall) => Explanation>> = {
  'rate-limited': () => ({
    reason: 'rate_limited',
    why: 'PagerDuty keeps reporting that the rate limit is exhausted',
    hint: 'Other clients are using the same token. Wait a minute and run the command again, or lower `--concurrency`.',
  }),
  'server-error': ({ status }) => ({
    reason: 'server_error',
    why: `${gatewayName(status)} failed (HTTP ${status})`,
    hint: `${RERUN} If it persists, check PagerDuty's status page.`,
  }),
  'took-too-long': () => ({
    reason: 'timeout',
    why: 'PagerDuty took too long (HTTP 408)',
    hint: RERUN,
  }),
  unreachable: ({ systemCode }, { host, hostFrom }) => ({
    reason: 'network',
    why: `${host}${namedBy(hostFrom)} cannot be reached${systemCode === undefined ? '' : ` (${systemCode})`}`,
    hint: isHere(host)
      ? `${ADDRESSED} If this is a sandbox, check that \`pdactions sandbox start\` is running.`
      : ADDRESSED,
  }),
  'no-such-host': (_, { host, hostFrom }) => ({
    reason: 'dns',
    why: `the host ${host}${namedBy(hostFrom)} does not exist (ENOTFOUND)`,
    hint: 'Check the API URL (`--api-url`, PAGERDUTY_API_URL) and DNS on this machine.',
  }),
  'dns-again': (_, { host, hostFrom }) => ({
    reason: 'dns',
    why: `the host ${host}${namedBy(hostFrom)} could not be resolved (EAI_AGAIN)`,
    hint: 'Check the network and DNS on this machine.',
  }),
  tls: ({ systemCode = 'TLS error' }, { host }) => {
    const plain = NOT_TLS.has(systemCode);
    const hint =
      'If a proxy of your company intercepts TLS, pass its certificate with `--ca-file FILE` or NODE_EXTRA_CA_CERTS.';
    return {
      reason: 'tls',
      why: UNKNOWN_CA.test(systemCode)
        ? `the certificate of ${host} is signed by an unknown authority (${systemCode})`
        : `${host} ${plain ? 'does not speak TLS' : 'failed TLS verification'} (${systemCode})`,
      hint: `${plain ? `${ADDRESS} ` : ''}${hint} Nothing was sent.`,
    };
  },
  reset: ({ systemCode }, { host }) =>
    systemCode?.startsWith('HPE_')
      ? { reason: 'lost_response', why: `${host} did not respond with HTTP (${systemCode})`, hint: ADDRESS }
      : {
          reason: 'lost_response',
          why: `the connection to ${host} closed without a response${systemCode === undefined ? '' : ` (${systemCode})`}`,
          hint: RERUN,
        },
  timeout: (_, { host }) => ({ reason: 'timeout', why: `${host} did not respond in time`, hint: RERUN }),
  cut: (_, { host }) => ({ reason: 'bad_body', why: `the response from ${host} was cut off`, hint: RERUN }),
  'not-json': ({ contentType }, { host }) => ({
    reason: 'proxy',
    why: `expected JSON from ${host}, got ${contentType}`,
    hint: PROXY,
  }),
  shape: ({ cause }, { host }) => ({
    reason: 'contract',
    why: `unexpected response from ${host} (${cause instanceof Error ? cause.message : 'unknown shape'})`,
    hint: `${PROXY} If the response is from PagerDuty, report a bug in pdactions.`,
  }),
  unauthorized: (failure, call) => ({ reason: 'unauthorized', ...refusedToken(failure, call) }),
  ability: (_, { path }) => ({
    reason: 'ability',
    why: "the account's plan does not include this (HTTP 402)",
    hint: path.startsWith('/teams')
      ? 'Without teams in the plan, select services by name, pattern or `id:ID` instead of `team:NAME`.'
      : 'Ask the account owner about the plan. Nothing more was written.',
  }),
  forbidden: ({ requiredScopes = [] }) => ({
    reason: 'forbidden',
    why: 'the token lacks permission (HTTP 403)',
    hint:
      requiredScopes.length > 0
        ? `Give the token ${scopesFor(requiredScopes)}.`
        : 'Any API key can read. To write, use a key with full access, or the token of a Manager or Global Admin.',
  }),
  gone: (_, { method, path }) => ({
    reason: 'gone',
    // A create has no object of its own yet: the service is missing.
    why: `PagerDuty cannot find ${method === 'POST' && path === '/extensions' ? 'the service' : 'it'} (HTTP 404)`,
    hint: 'It was deleted, or the token cannot see it. `pdactions list` shows what the token can see.',
  }),
  limit: () => ({
    reason: 'limit',
    why: 'a service has only three slots for custom incident actions',
    hint: 'Delete one of the actions on the service first.',
  }),
  invalid: ({ status, message }) => ({
    reason: 'invalid',
    why: `PagerDuty rejected the request (HTTP ${status})`,
    hint:
      message === undefined
        ? `It gave no reason, although PagerDuty always does. ${PROXY} This request wrote nothing.`
        : 'The message above names the field. This request wrote nothing.',
  }),
  conflict: ({ status }) => ({
    reason: 'conflict',
    why: `PagerDuty rejected every attempt, because another change to the account was in progress (HTTP ${status})`,
    hint: 'This request did nothing. Run the same command again in a moment, or lower `--concurrency`.',
  }),
  empty: (_, { host }) => ({ reason: 'bad_body', why: `the response from ${host} is empty`, hint: PROXY }),
  'too-big': (_, { host }) => ({
    reason: 'bad_body',
    why: `the response from ${host} is larger than 10 MB, more than PagerDuty ever sends`,
    hint: PROXY,
  }),
  redirect: ({ status, target }) => ({
    reason: 'redirect',
    why: `the server redirects${target === undefined ? '' : ` to ${target}`} (HTTP ${status}), and redirects are not followed, to protect the token`,
    hint: 'Set the correct API URL with `--api-url` or PAGERDUTY_API_URL.',
  }),
  proxy: ({ status, proxy }, { host }) => {
    if (proxy) return { reason: 'proxy', ...explainProxy(proxy, host) };
    return {
      reason: 'proxy',
      why:
        status === undefined
          ? 'a proxy on the way refused the connection'
          : `a proxy requires a login (HTTP ${status})`,
      hint: PROXY,
    };
  },
};

/** The scopes for reading an account (fact 19). PagerDuty names only the scope of the call that it refused. */
const READ_SCOPES = ['extension_schemas.read', 'extensions.read', 'services.read'];

/** All scopes at once, so that the next run does not fail at the next missing one. */
function scopesFor(missing: readonly string[]): string {
  const others = READ_SCOPES.filter((scope) => !missing.includes(scope));
  const writes = missing.includes('extensions.write') ? [] : ['`extensions.write` to change anything'];
  const teams = missing.includes('teams.read') ? [] : ['`teams.read` for `team:NAME`'];
  const named = missing.map((scope) => `\`${scope}\``).join(', ');
  return `the scope ${named}; pdactions also needs ${[...others.map((scope) => `\`${scope}\``), ...writes, ...teams].join(', ')}`;
}

function refusedToken({ expired }: ApiFailure, { host, ofApp }: FailedCall): Omit<Explanation, 'reason'> {
  if (ofApp) return { why: 'PagerDuty rejected the token of the OAuth app (HTTP 401)', hint: OF_APP };
  if (expired) return { why: 'the token has expired (HTTP 401)', hint: EXPIRED };
  return {
    why: 'PagerDuty rejected the token (HTTP 401)',
    hint: isHere(host) ? `${TOKEN} ${SANDBOX_TOKEN}` : TOKEN,
  };
}

/** The source of a URL that does not work (F10). */
function namedBy(from: string | undefined): string {
  return from === undefined ? '' : ` (from ${from})`;
}

function gatewayName(status: number | undefined): string {
  return status === 502 || status === 504 ? 'a gateway in front of PagerDuty' : 'PagerDuty';
}
