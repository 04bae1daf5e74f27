/** Admits requests to the sandbox: from programs on this machine, and from no web page except its own (T47–T49). */

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isPagePath } from './path.ts';

interface Door {
  readonly port: number;
  /** True if any address of the sandbox is valid as its name. */
  readonly remote: boolean;
  /** True with a page. */
  readonly page: boolean;
}

/** The reason to refuse a request unread; null to admit it. */
export function turnAway(
  req: IncomingMessage,
  { port, remote, page }: Door,
): { readonly status: 403 | 421; readonly why: string } | null {
  const hosts = req.headersDistinct.host ?? [];
  const [host = ''] = hosts;
  // Node silently uses the first of two Host headers (T48).
  if (hosts.length !== 1 || !isOwnHost(host, port, remote)) {
    return { status: 421, why: 'the Host header is not an address of this sandbox' };
  }
  const origin = page && isPagePath(req.url ?? '') ? `http://${host}`.toLowerCase() : null;
  if (!isFromPage(req, origin)) return null;
  const hint = origin ? '; to open its own page, type the address' : '';
  return { status: 403, why: `the sandbox refuses requests from other web pages${hint}` };
}

/** True if a web page of another origin than `own` sent it. Browsers set one header or the other (T49). */
function isFromPage({ headers }: IncomingMessage, origin: string | null): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (headers.origin !== undefined && headers.origin !== origin) return true;
  return site !== 'none' && !(origin !== null && site === 'same-origin');
}

/**
 * Loopback names only, so that an attacker's name for this machine is useless (T48). A sandbox that serves the network
 * also accepts its addresses, but still no other name.
 */
function isOwnHost(host: string, port: number, remote: boolean): boolean {
  const match = /^(localhost|\[[0-9a-f:.]+\]|\d+\.\d+\.\d+\.\d+)(?::(\d+))?$/i.exec(host);
  if (!match || Number(match[2] ?? 80) !== port) return false;
  const name = (match[1] ?? '').toLowerCase().replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name === '127.0.0.1' || name === '::1') return true;
  return remote && isIP(name) !== 0;
}

/** True if a bind address can be reached from this machine only. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
