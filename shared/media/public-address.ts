import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA special-purpose registries, read 2026-11: nothing a customer's URL may lead to. */
const reservedIPv4 = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local, cloud metadata'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, '6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarks'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved, broadcast'],
] as const;

/**
 * Only 2000::/3 is global unicast: loopback, ULA, link-local, multicast, IPv4-mapped and NAT64 addresses lie
 * outside it. These lie inside.
 */
const reservedIPv6 = [
  ['2001::', 23, 'protocol assignments, Teredo, benchmarks'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4: an IPv4 address in disguise'],
  ['3fff::', 20, 'documentation'],
] as const;

const reserved = new BlockList();
for (const [network, prefix] of reservedIPv4) reserved.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of reservedIPv6) reserved.addSubnet(network, prefix, 'ipv6');

const globalUnicastIPv6 = new BlockList();
globalUnicastIPv6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address in text form belongs to the public internet. False for anything that is no address. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !reserved.check(address, 'ipv4');
  return isIPv6(address) && globalUnicastIPv6.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
}
