/** Failures before an answer to judge: the rows of docs/faults.md about connections. */
import type { Trouble } from './fault.ts';
import { ProxyError, type ProxyRefusal } from './route.ts';

const BEFORE_SENDING = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

/**
 * Judges what fetch threw; undefined for what is no trouble of the network. Only what happens before a byte is sent may say so:
 * everything else leaves a write open.
 */
export function judgeFailure(error: unknown): Trouble | undefined {
  if (!isOfNetwork(error)) return undefined;
  const systemCode = systemCodeOf(error);
  const base = { cause: error, ...(systemCode === undefined ? {} : { systemCode }) };
  if (error.name === 'TimeoutError') return { fault: 'timeout', ...base };
  if (systemCode === 'ENOTFOUND') return { fault: 'no-such-host', ...base };
  // Ours, or that of Node 24 and later: the connection did not come about, so nothing was sent.
  if (systemCode === 'ERR_PROXY_TUNNEL') return { fault: 'proxy', ...base, proxy: refusalIn(error) };
  if (systemCode === 'EAI_AGAIN') return { fault: 'dns-again', ...base };
  if ((systemCode !== undefined && BEFORE_SENDING.has(systemCode)) || failedToConnect(error)) {
    return { fault: 'unreachable', ...base };
  }
  if (systemCode !== undefined && isTls(systemCode)) return { fault: 'tls', ...base };
  return { fault: 'reset', ...base };
}

/** A failure of the network is a TypeError with a cause; a TypeError without one is a mistake in a program. */
function isOfNetwork(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || (error instanceof TypeError && error.cause instanceof Error);
}

function refusalIn({ cause }: Error): ProxyRefusal | undefined {
  return cause instanceof ProxyError ? cause.refusal : undefined;
}

/** Whatever goes wrong while connecting, nothing was sent. */
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
