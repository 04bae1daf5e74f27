import { ipVersion } from '../../ip-version.ts';
import { isLoopback } from '../../parse-url.ts';

/** Top-level domains that are valid inside one network only. */
const LOCAL: ReadonlySet<string> = new Set([
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'corp',
  'home',
]);

/**
 * True if the name can only belong to a machine inside a private network (T12). Resolves nothing: the target of a public name is
 * unknown here. Recognises only this machine's own addresses; `isInternalHost` of special-addresses.ts recognises all, and needs a library.
 * @param hostname as `URL` normalises it, so that `2130706433` and `0x7f.1` have become `127.0.0.1`
 */
export function isInternalName(hostname: string): boolean {
  const host = bareHost(hostname);
  if (ipVersion(host) !== 0) return isLoopbackHost(host);
  const dot = host.lastIndexOf('.');
  return dot === -1 || LOCAL.has(host.slice(dot + 1)) || `.${host}`.endsWith('.home.arpa');
}

/** True for an address that `isInternalName` cannot classify. */
export function isOtherAddress(hostname: string): boolean {
  return ipVersion(bareHost(hostname)) !== 0 && !isLoopbackHost(hostname);
}

/** True for this machine itself: a message to it leaves no network interface. */
export function isLoopbackHost(hostname: string): boolean {
  return isLoopback(bareHost(hostname));
}

/** A host without the brackets of IPv6 and the final dot of a name. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
