/** Checks one endpoint the way PagerDuty would, check by check. */
import { X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import { ipVersion } from '../ip-version.ts';
import { firstToExpire, judgeOrder, nameOf, neededOf, WARN_DAYS } from './chain.ts';
import { CHECKS, type EndpointCheck, type EndpointFinding, SENDING } from './check.ts';
import { ANSWER_WITHIN_MS } from './consequence.ts';
import { type Handshake, shakeHands } from './handshake.ts';
import { judgeMessages, notSent } from './messages.ts';
import type { TestPlan, TestTarget, TestWorld } from './target.ts';

/** Runs the selected checks, in their order. */
export async function judgeEndpoint(
  target: TestTarget,
  wish: TestPlan,
  world: TestWorld,
): Promise<readonly EndpointFinding[]> {
  const wanted = CHECKS.filter((check) => wish.checks.includes(check));
  const url = new URL(target.url);
  const findings: EndpointFinding[] = [];
  const begin = (check: EndpointCheck): void => wish.onCheck?.(check);
  if (wanted.includes('dns')) {
    begin('dns');
    findings.push(await judgeName(url, world));
  }
  if (wanted.includes('tls') || wanted.includes('certificate')) {
    begin('tls');
    const connectionFindings = await judgeConnection(url, world);
    findings.push(...connectionFindings.filter(({ check }) => wanted.includes(check)));
  }
  const unreachable = findings.some(({ verdict }) => verdict === 'fail');
  const messages = wanted.filter((check) => SENDING.includes(check));
  // A message that PagerDuty could never send is not sent from here either.
  if (unreachable) return [...findings, ...notSent(messages, 'PagerDuty would not get this far')];
  return [...findings, ...(await judgeMessages(target, { ...wish, checks: messages }, world))];
}

async function judgeName(url: URL, { resolve, isInternal, detour }: TestWorld): Promise<EndpointFinding> {
  const check = 'dns';
  if (detour) return { check, verdict: 'skipped', text: 'the proxy resolves the name', basis: 'documented' };
  const host = hostOf(url);
  let addresses: readonly string[];
  try {
    addresses = ipVersion(host) === 0 ? await resolve(host) : [host];
  } catch {
    addresses = [];
  }
  if (addresses.length === 0) {
    const text = 'the name has no address';
    const hint = 'Create a public DNS record for it.';
    return { check, verdict: 'fail', text, basis: 'documented', consequence: 'retried', hint };
  }
  const shown = addresses.slice(0, 3).join(', ') + (addresses.length > 3 ? ', ...' : '');
  const inside = addresses.filter(isInternal);
  if (inside.length === 0) return { check, verdict: 'pass', text: shown, basis: 'documented' };
  return {
    check,
    verdict: 'warn',
    text: `${inside.join(', ')} is inside a private network: PagerDuty cannot reach it`,
    basis: 'inferred',
    hint: 'Give PagerDuty a public address. For tests on this machine, ignore this.',
  };
}

/** An IPv6 address has no brackets here. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

async function judgeConnection(url: URL, world: TestWorld): Promise<readonly EndpointFinding[]> {
  if (url.protocol !== 'https:') {
    const text = 'http://: the message and its secrets are sent unencrypted';
    const hint = 'Use https://.';
    return [
      { check: 'tls', verdict: 'warn', text, basis: 'documented', hint },
      { check: 'certificate', verdict: 'skipped', text: 'no TLS', basis: 'documented' },
    ];
  }
  const handshake = await shakeHands(url, { ...world, withinMs: ANSWER_WITHIN_MS });
  if ('code' in handshake) return [judgeNoHandshake(handshake.code), notReached];
  const chain = handshake.sent.map((der) => new X509Certificate(der));
  return [
    judgeChain(handshake, chain, { roots: world.roots, host: hostOf(url) }),
    judgeExpiry(neededOf(chain, world.roots) ?? chain, world.now()),
  ];
}

const notReached: EndpointFinding = {
  check: 'certificate',
  verdict: 'skipped',
  text: 'no connection',
  basis: 'documented',
};

/** OpenSSL's errors for an answer that is not TLS at all. */
const NO_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

function judgeNoHandshake(code: string): EndpointFinding {
  const base = { check: 'tls', verdict: 'fail', basis: 'documented' } as const;
  if (code === 'TIMEOUT') {
    return { ...base, text: 'no TLS connection within 16 s', consequence: 'retried' };
  }
  if (NO_TLS.has(code)) {
    const text = `the server does not speak TLS (${code})`;
    return { ...base, text, consequence: 'dropped', hint: 'Check the port: `https://` requires TLS.' };
  }
  if (/^(ERR_|EPROTO)/.test(code)) {
    return {
      ...base,
      text: `no TLS 1.2 connection (${code})`,
      consequence: 'dropped',
      hint: "PagerDuty speaks only TLS 1.2. If the server requires PagerDuty's client certificate, only PagerDuty can pass this check.",
    };
  }
  return { ...base, text: `no connection (${code})`, consequence: 'retried' };
}

type Shaken = Extract<Handshake, { readonly objection: string | null }>;

function judgeChain(
  { objection, cipher, asksBack }: Shaken,
  chain: readonly X509Certificate[],
  { roots, host }: { readonly roots: readonly string[]; readonly host: string },
): EndpointFinding {
  const check = 'tls';
  const problem = judgeOrder(chain, roots);
  if (problem) {
    return { check, verdict: 'fail', basis: 'documented', consequence: 'dropped', ...problem };
  }
  const isFor = chain[0] ? isMadeFor(chain[0], host) : false;
  // Expired certificates belong to the next check; they are also the only ones that are retried (fact 39).
  if (isFor && (objection === null || objection === 'CERT_HAS_EXPIRED')) {
    const text = `TLS 1.2, ${cipher}, ${chain.length} certificates in order`;
    if (asksBack) return { check, verdict: 'warn', basis: 'documented', ...clientCertificate };
    return { check, verdict: 'pass', text, basis: 'documented' };
  }
  const names = chain[0]?.subjectAltName ?? nameOf(chain[0]?.subject);
  return {
    check,
    verdict: 'fail',
    basis: 'documented',
    consequence: 'dropped',
    text: isFor
      ? `the certificate is rejected (${objection})`
      : `the certificate is for another name: ${names}`,
    ...(isFor ? {} : { hint: "Use a certificate for the host in the action's URL." }),
  };
}

/** OpenSSL reports only one objection, and an expired certificate may also be for another host. */
function isMadeFor(certificate: X509Certificate, host: string): boolean {
  return checkServerIdentity(host, certificate.toLegacyObject()) === undefined;
}

/** PagerDuty presents one of its own; its documents disagree on the issuer, so only the name is safe to match (fact 46, U12). */
const clientCertificate = {
  text: 'the server asks for a client certificate, which only PagerDuty has, so it may refuse messages from here',
  hint: 'Accept CN webhooks.pagerduty.com (US) or webhooks.eu.pagerduty.com (EU). Match the CN, not the whole subject: the certificate is renewed every year.',
} as const;

function judgeExpiry(chain: readonly X509Certificate[], now: number): EndpointFinding {
  const check = 'certificate';
  const first = firstToExpire(chain, now);
  if (!first)
    return {
      check,
      verdict: 'fail',
      text: 'the server sent no certificate',
      basis: 'documented',
      consequence: 'dropped',
    };
  const { name, days } = first;
  if (days < 0) {
    const text = `\`${name}\` has expired`;
    return { check, verdict: 'fail', text, basis: 'documented', consequence: 'retried', hint: 'Renew it.' };
  }
  const text = `\`${name}\` expires in ${days} ${days === 1 ? 'day' : 'days'}`;
  if (days >= WARN_DAYS) return { check, verdict: 'pass', text, basis: 'documented' };
  const hint = 'Renew it: once it has expired, every press waits for up to 48 h.';
  return { check, verdict: 'warn', text, basis: 'documented', hint };
}
