import type { Request } from 'express';
import fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { clientAddress, clientNetwork } from './client-address.js';

const prefix = (ip: string | undefined, remoteAddress = '198.51.100.7') =>
  clientNetwork({ ip, socket: { remoteAddress } } as unknown as Request);

describe('rate limits count a request for', () => {
  it.each([
    ['its IPv4 address', '192.0.2.1', '192.0.2.1'],
    ['its IPv4 address, sent as an IPv4-mapped IPv6 address', '::ffff:192.0.2.1', '192.0.2.1'],
    ['its IPv4 address, sent as a hexadecimal IPv4-mapped IPv6 address', '::ffff:c000:201', '192.0.2.1'],
    ['its IPv4 address, sent with a port', '192.0.2.1:4711', '192.0.2.1'],
    ['the /64 network of its IPv6 address', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    [
      'the /64 network of an IPv6 address with leading zeros and upper case',
      '2001:0DB8:0001:0002::',
      '2001:db8:1:2::/64',
    ],
    ['the /64 network of an abbreviated IPv6 address', '2001:db8::1', '2001:db8:0:0::/64'],
    ['the /64 network of an IPv6 address with a port', '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
    ['the /64 network of an IPv6 address with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['the /64 network of an IPv6 address with punctuation in its zone', 'fe80::1%en-0.1', 'fe80:0:0:0::/64'],
    [
      'the /64 network of an IPv6 address that ends in IPv4 notation',
      '2001:db8:1:2:3:4:192.0.2.1',
      '2001:db8:1:2::/64',
    ],
    ['its IPv4 address, sent as an IPv4-mapped IPv6 address with a port', '[::ffff:192.0.2.1]:4711', '192.0.2.1'],
    ['the /64 network of the loopback address', '::1', '0:0:0:0::/64'],
  ])('%s', (_, ip, expected) => expect(prefix(ip)).toBe(expected));

  it.each(['0x7f.1', '3221225985', '192.0.2.01', '192.0.2.1/24', '2001:db8::/32', '::1::', '%eth0'])(
    'the address of its connection if the proxy sends a nonstandard form of an address: %s',
    (ip) => expect(prefix(ip)).toBe('198.51.100.7'),
  );

  it.each(['unknown', '', '1.2.3', '999.1.1.1', '_hidden', 'a'.repeat(10_000), undefined])(
    'the address of its connection if the proxy sends no IP address: %s',
    (ip) => expect(prefix(ip)).toBe('198.51.100.7'),
  );

  it('an unknown client if the connection is closed', () => {
    expect(clientNetwork({ ip: undefined, socket: {} } as Request)).toBe('unknown');
  });

  it('the /64 network of any IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.constantFrom('', '%eth0', '%a.b-c'), (ip, zone) => {
        expect(prefix(ip + zone)).toMatch(/^(?:[\da-f]{1,4}:){4}:\/64$|^\d+(?:\.\d+){3}$/);
        expect(isIPv6(prefix(ip).replace('/64', '')) || ip.includes('.')).toBe(true);
      }),
    );
  });
});

const address = (remoteAddress: string | undefined, ip?: string) =>
  clientAddress({
    headers: ip === undefined ? {} : { 'x-forwarded-for': 'of any length' },
    ip,
    socket: { remoteAddress },
  } as unknown as Request);

describe('the log contains', () => {
  it.each([
    ['the address of the connection', '198.51.100.7', undefined, '198.51.100.7'],
    [
      'the IPv4 address of a connection from an IPv4-mapped IPv6 address',
      '::ffff:198.51.100.7',
      undefined,
      '198.51.100.7',
    ],
    ['the whole IPv6 address', '2001:db8::1', undefined, '2001:db8::1'],
    ['the address that the proxy sends', '198.51.100.7', '203.0.113.9', '203.0.113.9'],
    ['the address that the proxy sends, without the port', '198.51.100.7', '[2001:db8::1]:4711', '2001:db8::1'],
    [
      'the address of the connection if the proxy sends an invalid address',
      '198.51.100.7',
      '","admin":"',
      '198.51.100.7',
    ],
    ['no address if the connection has none', undefined, undefined, undefined],
  ])('%s', (_, connected, told, expected) => expect(address(connected, told)).toBe(expected));
});
