import { ipVersion } from '../../ip-version.ts';

/** Names that mean something inside one network only. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|corp|home|home\.arpa)$/;

/**
 * True when only a machine inside some private network could mean this name (T12). Nothing is resolved: what a public name points to is
 * not known here. Of addresses it knows this machine's own; `isInternalHost` of special-addresses.ts knows all, and needs a library.
 * @param hostname as `URL` normalises it, so that `2130706433` and `0x7f.1` have become `127.0.0.1`
 */
export function isInternalName(hostname: string): boolean {
  const host = bareHost(hostname);
  if (ipVersion(host) !== 0) return isLoopbackHost(host);
  return !host.includes('.') || LOCAL_NAME.test(host);
}

/** True for an address about which `isInternalName` knows nothing. */
export function isOtherAddress(hostname: string): boolean {
  return ipVersion(bareHost(hostname)) !== 0 && !isLoopbackHost(hostname);
}

/** True for this very machine: what is sent there does not travel. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname);
  return host === 'localhost' || host === '::1' || (ipVersion(host) === 4 && host.startsWith('127.'));
}

/** A host without the brackets of IPv6 and the final dot of a name. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
