/** Special addresses by IANA's registries. Loaded only for a host that is an address. */
import ipaddr from 'ipaddr.js';
import { bareHost, isInternalName, isOtherAddress } from './internal-hosts.ts';

/** Only 2000::/3 is allocated to networks (RFC 4291); the rest of IPv6 is special or unassigned. */
const GIVEN_OUT = { prefix: 0x2000, mask: 0xe000 };

/** True if PagerDuty cannot reach this host: a name inside one network, or any special-purpose address (T12). */
export function isInternalHost(hostname: string): boolean {
  return isOtherAddress(hostname) ? !isPublicAddress(bareHost(hostname)) : isInternalName(hostname);
}

function isPublicAddress(address: string): boolean {
  // `::ffff:a.b.c.d` is converted to IPv4.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || ((parsed.parts[0] ?? 0) & GIVEN_OUT.mask) === GIVEN_OUT.prefix;
}
