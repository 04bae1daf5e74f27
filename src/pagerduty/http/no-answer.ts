/** Classifies failures without an answer: the rows of docs/faults.md about connections. */
import type { ApiFailure } from './failure.ts';
import { ProxyError, type ProxyRefusal } from './route/route.ts';

const BEFORE_SENDING = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

/**
 * Classifies an error of fetch; undefined if it is not a network failure. Only failures before the first byte count as not sent:
 * all others leave a write open.
 */
export function judgeFailure(error: unknown): ApiFailure | undefined {
  if (!isOfNetwork(error)) return undefined;
  const systemCode = systemCodeOf(error);
  const base = { cause: error, ...(systemCode === undefined ? {} : { systemCode }) };
  if (error.name === 'TimeoutError') return { kind: 'timeout', ...base };
  if (systemCode === 'ENOTFOUND') return { kind: 'no-such-host', ...base };
  // Ours, or that of Node 24 and later: no connection was made, so nothing was sent.
  if (systemCode === 'ERR_PROXY_TUNNEL') return { kind: 'proxy', ...base, proxy: refusalIn(error) };
  if (systemCode === 'EAI_AGAIN') return { kind: 'dns-again', ...base };
  if ((systemCode !== undefined && BEFORE_SENDING.has(systemCode)) || failedToConnect(error)) {
    return { kind: 'unreachable', ...base };
  }
  if (systemCode !== undefined && isTls(systemCode)) return { kind: 'tls', ...base };
  return { kind: 'reset', ...base };
}

/** A network failure is a TypeError with a cause; a TypeError without one is a bug. */
function isOfNetwork(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || (error instanceof TypeError && error.cause instanceof Error);
}

function refusalIn({ cause }: Error): ProxyRefusal | undefined {
  return cause instanceof ProxyError ? cause.refusal : undefined;
}

/** While connecting, nothing has been sent yet. */
function failedToConnect({ cause }: Error): boolean {
  return cause instanceof Error && 'syscall' in cause && cause.syscall === 'connect';
}

function isTls(code: string): boolean {
  return /^(ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH$)/.test(
    code,
  );
}

/** The code may sit a few causes deep, or in one of several attempts (happy eyeballs). */
function systemCodeOf(error: unknown, depth = 0): string | undefined {
  if (depth > 5 || !(error instanceof Error)) return undefined;
  // A DOMException has a code too, but a number.
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return systemCodeOf(error.errors[0], depth + 1);
  return systemCodeOf(error.cause, depth + 1);
}
