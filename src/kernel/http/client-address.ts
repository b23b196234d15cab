import type { Request } from 'express';
import ipaddr, { type IPv6 } from 'ipaddr.js';
import { isIP } from 'node:net';

// The client address: what rate limits count by, and what the log shows.

/** The prefix of an IPv4 address on a socket that also accepts IPv6. */
const IPV4_IN_IPV6 = '::ffff:';

/**
 * The number of 16-bit groups in a /64, the smallest IPv6 network that a customer gets (RFC 6177). Such a network has
 * too many addresses to count each of them.
 */
const NETWORK_GROUPS = 4;

/**
 * Returns the client that rate limits count a request for: its IPv4 address, or the /64 network of its IPv6 address,
 * from `X-Forwarded-For` if the proxy is trusted (TRUST_PROXY). Falls back to the address of the connection.
 */
export function clientNetwork({ ip, socket }: Pick<Request, 'ip' | 'socket'>): string {
  return networkOf(withoutPort(ip ?? '')) ?? networkOf(socket.remoteAddress ?? '') ?? 'unknown';
}

/**
 * Returns the client's address for the log: that of the connection, or from `X-Forwarded-For` if the proxy is trusted.
 */
export function clientAddress(request: Pick<Request, 'headers' | 'ip' | 'socket'>): string | undefined {
  const connected = request.socket.remoteAddress; // cached by Node; the list of proxies is parsed only if there is one
  const forwarded = request.headers['x-forwarded-for'] === undefined ? undefined : withoutPort(request.ip ?? '');
  const address = forwarded !== undefined && isIP(forwarded) > 0 ? forwarded : connected;
  return address?.startsWith(IPV4_IN_IPV6) ? address.slice(IPV4_IN_IPV6.length) : address;
}

/**
 * Returns the address or network of a text, or undefined if it is not an IP address. Uses `isIP`, since ipaddr.js also
 * accepts `1.2.3` and `0x7f.1`.
 */
function networkOf(text: string): string | undefined {
  const [plain = ''] = text.split('%'); // the zone of a link-local address
  if (isIP(plain) === 0) return undefined;
  const address = ipaddr.process(plain); // converts IPv4-mapped IPv6 addresses to IPv4
  if (address.kind() === 'ipv4') return address.toString();
  const groups = (address as IPv6).parts.slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** Removes the port that some proxies add: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
