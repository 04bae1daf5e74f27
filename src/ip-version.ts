/**
 * The version of an IP address, 4 or 6, or 0 for a name. Node's test for IPv6 takes 3 to 10 ms to build, and its module of networks 4 ms to
 * load, so only a host with a colon is asked about there.
 * @param host without brackets
 */
export function ipVersion(host: string): 0 | 4 | 6 {
  if (host.includes(':')) return process.getBuiltinModule('node:net').isIPv6(host) ? 6 : 0;
  return isIPv4(host) ? 4 : 0;
}

/** Four decimal numbers of one byte each, without leading zeros. */
function isIPv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}
