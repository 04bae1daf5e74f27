import { ipVersion } from './ip-version.ts';

/**
 * Parses a URL, or gives undefined. Replaces `URL.canParse`, which in Node 20 starts to refuse hosts such as `münchen.example` once
 * many calls have optimised it: in a large account the same URL would be valid first and invalid later.
 */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Percent-decodes the text; returns it unchanged if it is malformed, because `%zz` occurs in logins that work. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** True for this machine itself. @param hostname as `URL` normalises it; an IPv6 address also without its brackets */
export function isLoopback(hostname: string): boolean {
  const isIn127 = hostname.startsWith('127.') && ipVersion(hostname) === 4;
  return isIn127 || ['localhost', '::1', '[::1]'].includes(hostname);
}
