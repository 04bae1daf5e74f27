/** PagerDuty's reaction to an endpoint's answer, or to a missing one (facts 38–41). */
import type { Basis, Consequence } from './check.ts';
import type { Reply } from './deliver.ts';

export interface Judged {
  readonly consequence: Consequence;
  readonly basis: Basis;
  readonly text: string;
  readonly hint?: string | undefined;
}

/** The documented limit for an answer to a custom incident action, in milliseconds (fact 38). */
export const ANSWER_WITHIN_MS = 16_000;
/** The limit of other webhooks; an endpoint that needs longer is at risk (fact 38). */
const SLOW_MS = 5_000;

const LATER = 'Answer 202 immediately and do the work afterwards.';

/** Classifies one reply. */
export function judgeReply(reply: Reply): Judged {
  return 'status' in reply ? judgeStatus(reply.status, reply.ms) : judgeFailure(reply.code);
}

/** True if the answer was good but slow: a warning. */
export function isSlow(reply: Reply): boolean {
  return 'status' in reply && reply.ms > SLOW_MS;
}

function judgeStatus(status: number, ms: number): Judged {
  const answered = `answered ${status} after ${seconds(ms)}`;
  if (status >= 200 && status < 300) {
    const hint = ms > SLOW_MS ? `The limit is 16 s. ${LATER}` : undefined;
    return { consequence: 'delivered', basis: 'documented', text: answered, hint };
  }
  if (status === 429 || status >= 500) return { consequence: 'retried', basis: 'documented', text: answered };
  if (status >= 300 && status < 400) {
    const hint = 'Set the URL of the action to the target of the redirect.';
    return { consequence: 'unknown', basis: 'inferred', text: answered, hint };
  }
  // A POST without an answer: not covered by PagerDuty's documentation.
  if (status < 200) return { consequence: 'unknown', basis: 'inferred', text: answered, hint: NO_UPGRADE };
  return { consequence: 'dropped', basis: 'documented', text: answered, hint: HINTS[status] };
}

const NO_UPGRADE = 'The endpoint must answer the POST itself instead of switching to another protocol.';

const HINTS: Readonly<Record<number, string | undefined>> = {
  401: "Compare the action's headers with what the endpoint expects.",
  403: "Compare the action's headers with what the endpoint expects, and PagerDuty's addresses with its allow-list.",
  404: 'Check that the endpoint serves this path.',
  405: 'The endpoint must accept POST.',
  409: 'Answer 2xx to a repeated message.',
  413: 'Accept bodies of at least 55 KB: PagerDuty sends messages of that size.',
  415: 'The endpoint must accept application/json.',
};

function judgeFailure(code: string): Judged {
  const retried = (text: string, hint?: string): Judged => ({
    consequence: 'retried',
    basis: 'documented',
    text,
    hint,
  });
  switch (code) {
    case 'TIMEOUT':
      return retried('no answer within 16 s', LATER);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return retried(`the name cannot be resolved (${code})`);
    // The one TLS error that is retried (fact 39).
    case 'CERT_HAS_EXPIRED':
      return retried('the certificate has expired', 'Renew it.');
  }
  if (isTlsCode(code)) {
    return { consequence: 'dropped', basis: 'documented', text: `no trusted TLS 1.2 connection (${code})` };
  }
  return retried(`no connection, or it was closed early (${code})`);
}

/** True if a system code is one of TLS. */
function isTlsCode(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_)/.test(
    code,
  );
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
