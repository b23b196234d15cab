import type { Request } from 'express';
import { isIPv4, isIPv6 } from 'node:net';

/** Groups of an IPv6 address that a customer is given as a whole (RFC 6177): he has more addresses than can be counted. */
const PREFIX_GROUPS = 4;

/**
 * Whom a request is counted for: the IPv4 address, or the /64 of an IPv6 one, as the proxies that are believed
 * (TRUST_PROXY) tell it; what is no address there counts for the connection it came by.
 */
export function clientPrefix({ ip, socket }: Pick<Request, 'ip' | 'socket'>): string {
  return prefixOf(withoutPort(ip ?? '')) ?? prefixOf(socket.remoteAddress ?? '') ?? 'unknown';
}

function prefixOf(address: string): string | undefined {
  const [plain = ''] = address.split('%'); // the zone of a link-local address
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return undefined;
  const groups = groupsOf(plain);
  const mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return mapped ? dotted(groups) : `${groups.slice(0, PREFIX_GROUPS).join(':')}::/64`;
}

/** Some proxies tell the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}

/** The eight groups in hexadecimal, without leading zeros; URL writes an address in one way only (RFC 5952). */
function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

function dotted(groups: readonly string[]): string {
  const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
