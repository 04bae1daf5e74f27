import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Networks that are not reachable from PagerDuty (T12). */
const NETWORKS: readonly (readonly [net: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  // Addresses of IPv4 in other clothes: translated (NAT64) and tunnelled (6to4).
  ['64:ff9b::', 96, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

/** Names that mean something inside one network only. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|corp|home|home\.arpa)$/;

let networks: BlockList | undefined;

/**
 * True when only a machine inside some private network could mean or reach this host. Nothing is resolved: what a public name
 * points to is not known here.
 * @param hostname as `URL` normalises it, so that `2130706433` and `0x7f.1` have become `127.0.0.1`
 */
export function isInternalHost(hostname: string): boolean {
  const host = bare(hostname);
  networks ??= blockList();
  if (isIPv4(host)) return networks.check(host, 'ipv4');
  // Also finds IPv4 addresses that are written as IPv6 (`::ffff:7f00:1`).
  if (isIPv6(host)) return networks.check(host, 'ipv6');
  return !host.includes('.') || LOCAL_NAME.test(host);
}

/** True for this very machine: what is sent there does not travel. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function blockList(): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of NETWORKS) list.addSubnet(net, prefix, family);
  return list;
}
