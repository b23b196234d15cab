import type { Request } from 'express';
import ipaddr, { type IPv6 } from 'ipaddr.js';
import { isIP } from 'node:net';

/** Groups of an IPv6 address that a customer is given as a whole (RFC 6177): they have more addresses than can be counted. */
const PREFIX_GROUPS = 4;
/** How a socket that takes IPv6 as well writes an IPv4 address. */
const IPV4_IN_IPV6 = '::ffff:';

/**
 * Whom a request is counted for: the IPv4 address, or the /64 of an IPv6 one, as the proxies that are believed
 * (TRUST_PROXY) tell it; what is no address there counts for the connection it came by.
 */
export function clientPrefix({ ip, socket }: Pick<Request, 'ip' | 'socket'>): string {
  return prefixOf(withoutPort(ip ?? '')) ?? prefixOf(socket.remoteAddress ?? '') ?? 'unknown';
}

/** The address itself, for the log: what the connection came by, unless a proxy that is believed tells another. */
export function clientAddress(request: Pick<Request, 'headers' | 'ip' | 'socket'>): string | undefined {
  const connected = request.socket.remoteAddress; // kept by Node: the lists of proxies are read only where there are some
  const told = request.headers['x-forwarded-for'] === undefined ? undefined : withoutPort(request.ip ?? '');
  const address = told !== undefined && isIP(told) > 0 ? told : connected;
  return address?.startsWith(IPV4_IN_IPV6) ? address.slice(IPV4_IN_IPV6.length) : address;
}

/** `isIP` first: ipaddr.js takes `1.2.3` and `0x7f.1` for addresses, too, as old C libraries do. */
function prefixOf(text: string): string | undefined {
  const [plain = ''] = text.split('%'); // the zone of a link-local address
  if (isIP(plain) === 0) return undefined;
  const address = ipaddr.process(plain); // an IPv4 address in IPv6 form is an IPv4 one
  if (address.kind() === 'ipv4') return address.toString();
  const groups = (address as IPv6).parts.slice(0, PREFIX_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** Some proxies tell the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
