/** The effect of an endpoint's answer on a delivery (facts 38–43), as plain functions. */

import { parseUrl } from '../../parse-url.ts';
import type { Switches } from '../account/switches.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Time limit for an answer (fact 38). */
export const ATTEMPT_TIMEOUT_MS = 16_000;
/** Deliveries are retried for this long (fact 39). */
export const RETRY_FOR_MS = 48 * HOUR;
/** After this many drops in a row an extension is disabled, for this long (fact 41). */
export const DROPS_TO_DISABLE = 3;
export const DISABLED_FOR_MS = 24 * HOUR;

export type DeliveryVerdict = 'delivered' | 'retry' | 'drop';

/** The fate of a delivery that was answered with `status`. */
export function judgeStatus(status: number, redirects: Switches['redirects']): DeliveryVerdict {
  if (status >= 200 && status < 300) return 'delivered';
  // Neither on the list of retried statuses nor on that of dropped ones (U9).
  if (status >= 300 && status < 400) return redirects === 'retry' ? 'retry' : 'drop';
  return status >= 500 || status === 429 ? 'retry' : 'drop';
}

/** The fate of a delivery without an answer. An expired certificate is retried, any other TLS error is dropped (fact 39). */
export function judgeFailure(code: string): DeliveryVerdict {
  if (code === 'CERT_HAS_EXPIRED') return 'retry';
  const tls = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH$)/;
  return tls.test(code) ? 'drop' : 'retry';
}

/** The wait after `attempts` failed attempts. PagerDuty does not document its own (U13). */
export function retryDelay(attempts: number, spacing: Switches['retrySpacing']): number {
  return spacing === 'even' ? 10 * MINUTE : Math.min(HOUR, MINUTE * 2 ** (attempts - 1));
}

/** True if the endpoint is on this machine. Other endpoints are left alone unless asked for. */
export function isLoopback(url: string): boolean {
  const hostname = parseUrl(url)?.hostname ?? '';
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The certificate that PagerDuty would present; its documents disagree on the issuer (fact 46, U12). */
export function clientCertificate(which: Switches['clientCertificate']): { subject: string; issuer: string } {
  const subject = which === 'eu-g2' ? 'CN=webhooks.eu.pagerduty.com' : 'CN=webhooks.pagerduty.com';
  const issuer = which === 'us-ca' ? 'CN=DigiCert Global Root CA' : 'CN=DigiCert Global Root G2';
  return { subject, issuer };
}
