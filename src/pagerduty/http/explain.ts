/** Turns a failure after the last resend into an error for users: what failed, on what, why, and the next step. */
import {
  type Aftermath,
  AuthError,
  type HttpFacts,
  type PdactionsError,
  type Reason,
  RemoteError,
} from '../../errors.ts';
import type { ApiFailure, FailureKind } from './fault.ts';
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
export function explain(call: FailedCall, trouble: ApiFailure, aftermath: Aftermath): PdactionsError {
  const { why, hint, reason } = EXPLANATIONS[trouble.fault](trouble, call);
  const message = `could not ${call.what}: ${why}`;
  const options = {
    reason,
    hint,
    http: factsOf(call, trouble),
    cause: trouble.cause,
    details: detailsOf(trouble),
  };
  return isAuth(trouble.fault)
    ? new AuthError(message, options)
    : new RemoteError(message, { ...options, aftermath });
}

function isAuth(fault: FailureKind): boolean {
  return fault === 'unauthorized' || fault === 'forbidden' || fault === 'ability';
}

function factsOf({ method, path, host }: FailedCall, trouble: ApiFailure): HttpFacts {
  const { status, code, message, errors, requestId, requiredScopes } = trouble;
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
  'Is there a proxy, a captive portal or another program at this address? Check the API URL and the network.';

const ADDRESS =
  'Check the scheme and the port of the address (`--api-url`, PAGERDUTY_API_URL): another program listens there.';

const ADDRESSED = 'Check the network and the address (`--api-url`, PAGERDUTY_API_URL).';

const TOKEN =
  'Check that PAGERDUTY_TOKEN holds a REST API key that is still valid, and that the region (`--region us|eu`) is its own.';
const EXPIRED = 'OAuth tokens live for a limited time, API keys do not: get a new token, or use an API key.';
const OF_APP =
  'The app itself was accepted. Check that the region (`--region us|eu`) is that of the account, and run the command again.';
const SANDBOX_TOKEN =
  'If this is a sandbox, its token is a new one at each start: set both variables that it printed.';

/** True for this machine, where the server is most often a sandbox. */
function isHere(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/.test(host);
}

/** OpenSSL's codes for a certificate with an unknown signer. */
const UNKNOWN_CA =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)_\w+)$/;

/** OpenSSL's codes for an answer that is not TLS at all. */
const NOT_TLS: ReadonlySet<string> = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER']);

const EXPLANATIONS: Readonly<Record<FailureKind, (trouble: ApiFailure, call: FailedCall) => Explanation>> = {
  'rate-limited': () => ({
    reason: 'rate_limited',
    why: 'PagerDuty keeps answering that the rate limit is used up',
    hint: 'Others use the same token heavily. Wait a minute and run the command again, or lower `--concurrency`.',
  }),
  'server-error': ({ status }) => ({
    reason: 'server_error',
    why: `${gatewayName(status)} failed (HTTP ${status})`,
    hint: `${RERUN} If it lasts, look at PagerDuty's status page.`,
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
      ? `${ADDRESSED} On this machine, \`pdactions sandbox start\` must be running for it.`
      : ADDRESSED,
  }),
  'no-such-host': (_, { host, hostFrom }) => ({
    reason: 'dns',
    why: `there is no host called ${host}${namedBy(hostFrom)} (ENOTFOUND)`,
    hint: 'Check the address (`--api-url`, PAGERDUTY_API_URL) and the name resolution of this machine.',
  }),
  'dns-again': (_, { host, hostFrom }) => ({
    reason: 'dns',
    why: `the name ${host}${namedBy(hostFrom)} could not be looked up (EAI_AGAIN)`,
    hint: 'Check the network and the name resolution of this machine.',
  }),
  tls: ({ systemCode = 'TLS error' }, { host }) => {
    const plain = NOT_TLS.has(systemCode);
    const hint =
      'If a proxy of your company signs for it, name its certificate: `--ca-file FILE` or NODE_EXTRA_CA_CERTS.';
    return {
      reason: 'tls',
      why: UNKNOWN_CA.test(systemCode)
        ? `the certificate of ${host} is signed by an unknown authority (${systemCode})`
        : `${host} does not ${plain ? 'speak TLS' : 'prove who it is'} (${systemCode})`,
      hint: `${plain ? `${ADDRESS} ` : ''}${hint} Nothing was sent.`,
    };
  },
  reset: ({ systemCode }, { host }) =>
    systemCode?.startsWith('HPE_')
      ? { reason: 'lost_response', why: `what answers at ${host} is not HTTP (${systemCode})`, hint: ADDRESS }
      : {
          reason: 'lost_response',
          why: `the connection to ${host} ended without an answer${systemCode === undefined ? '' : ` (${systemCode})`}`,
          hint: RERUN,
        },
  timeout: (_, { host }) => ({ reason: 'timeout', why: `${host} did not answer in time`, hint: RERUN }),
  cut: (_, { host }) => ({ reason: 'bad_body', why: `the answer of ${host} ended too early`, hint: RERUN }),
  'not-json': ({ contentType }, { host }) => ({
    reason: 'proxy',
    why: `expected JSON from ${host}, got ${contentType}`,
    hint: PROXY,
  }),
  shape: ({ cause }, { host }) => ({
    reason: 'contract',
    why: `the answer of ${host} is not what was asked for (${cause instanceof Error ? cause.message : 'unknown shape'})`,
    hint: `${PROXY} If it is PagerDuty's, report it as a bug of pdactions.`,
  }),
  unauthorized: (trouble, call) => ({ reason: 'unauthorized', ...refusedToken(trouble, call) }),
  ability: (_, { path }) => ({
    reason: 'ability',
    why: "the account's plan lacks the ability for it (HTTP 402)",
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
        : 'Reading needs any API key; writing needs one with full access, or a user who is Manager or Global Admin.',
  }),
  gone: (_, { method, path }) => ({
    reason: 'gone',
    // A create has no object of its own yet: the service is missing.
    why: `PagerDuty does not have ${method === 'POST' && path === '/extensions' ? 'the service' : 'it'} (HTTP 404)`,
    hint: 'It was deleted, or the token cannot see it. `pdactions list` shows what there is.',
  }),
  limit: () => ({
    reason: 'limit',
    why: 'a service has only three slots for custom incident actions',
    hint: 'Delete one of the actions on the service first.',
  }),
  invalid: ({ status, message }) => ({
    reason: 'invalid',
    why: `PagerDuty does not accept the request (HTTP ${status})`,
    hint:
      message === undefined
        ? `It does not say why, as PagerDuty would. ${PROXY} Nothing was written by this request.`
        : 'The message above names the field. This request wrote nothing.',
  }),
  conflict: ({ status }) => ({
    reason: 'conflict',
    why: `PagerDuty refused it each time, because another change to the account was under way (HTTP ${status})`,
    hint: 'Nothing was done by this request. Run the same command again in a moment, or lower `--concurrency`.',
  }),
  empty: (_, { host }) => ({ reason: 'bad_body', why: `the answer of ${host} is empty`, hint: PROXY }),
  'too-big': (_, { host }) => ({
    reason: 'bad_body',
    why: `the answer of ${host} is larger than 10 MB, more than PagerDuty ever sends`,
    hint: PROXY,
  }),
  redirect: ({ status, target }) => ({
    reason: 'redirect',
    why: `the answer is a redirect${target === undefined ? '' : ` to ${target}`} (HTTP ${status}), which is not followed with a token`,
    hint: 'Set the right address with `--api-url` or PAGERDUTY_API_URL.',
  }),
  proxy: ({ status, proxy }, { host }) => {
    if (proxy) return { reason: 'proxy', ...explainProxy(proxy, host) };
    return {
      reason: 'proxy',
      why:
        status === undefined
          ? 'a proxy on the way refused the connection'
          : `a proxy wants a login first (HTTP ${status})`,
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
  if (ofApp) return { why: 'PagerDuty refuses the token of the OAuth app (HTTP 401)', hint: OF_APP };
  if (expired) return { why: 'the token has expired (HTTP 401)', hint: EXPIRED };
  return {
    why: 'PagerDuty refuses the token (HTTP 401)',
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
