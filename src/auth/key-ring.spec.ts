import { JwtService } from '@nestjs/jwt';
import { createHmac } from 'node:crypto';
import { readConfig } from '../config/config.js';
import { keyId, KeyRing } from './key-ring.js';

const OLD = 'rT4kW8mZ1xQ6vB3nY7hJ0cE5sL9dA2fGuPiOoXw';
const NEW = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
const OTHER = 'mB7rY0hJ4uE9sL6dA2cFgPiOoXwZq8vN3xW5kT1';

function ringOf(current: string, ...retired: string[]): KeyRing {
  const config = readConfig({ JWT_SECRET: current, JWT_RETIRED_SECRETS: retired.join(',') });
  return new KeyRing(config, new JwtService({ secret: current }));
}

const ring = ringOf(NEW, OLD);
const seal = (key: string, signed: string) => createHmac('sha256', key).update(signed).digest('base64url');
const sealed = (key: string, signed = 'header.claims') => `${signed}.${seal(key, signed)}`;

describe('the secret that verifies a token', () => {
  it('is the secret with the key id of the token, whichever secret signed it', () => {
    for (const key of [OLD, NEW, OTHER])
      expect([OLD, NEW].map((named) => ring.findSecret(sealed(key), keyId(named)))).toEqual([OLD, NEW]);
  });

  it.each(['', keyId(OTHER), '__proto__', NEW])('is undefined for the unknown key id %j', (kid) => {
    expect(ring.findSecret(sealed(NEW), kid)).toBeUndefined();
  });

  it('is the secret that signed the token if it has no key id', () => {
    expect([OLD, NEW, OTHER].map((key) => ring.findSecret(sealed(key), undefined))).toEqual([OLD, NEW, undefined]);
    expect(ringOf(NEW).findSecret(sealed(OLD), undefined)).toBeUndefined();
  });

  it.each([
    ['with changed claims', () => sealed(NEW).replace('claims', 'Claims')],
    ['with the signature of another token', () => `header.claims.${seal(NEW, 'header.clams')}`],
    ['with a shorter signature', () => sealed(NEW).slice(0, -2)],
    ['with a longer signature', () => `${sealed(NEW)}AAAA`],
    ['without a signature', () => 'header.claims.'],
    ['without a dot', () => seal(NEW, 'header')],
    ['that is empty', () => ''],
  ])('is undefined for a token %s', (_, make) => {
    expect(ring.findSecret(make(), undefined)).toBeUndefined();
  });
});

it('a key id has 16 hexadecimal digits and differs between secrets', () => {
  expect(keyId(NEW)).toMatch(/^[\da-f]{16}$/);
  expect(keyId(NEW)).not.toBe(keyId(OLD));
});

it('access tokens are signed with the current secret', () => {
  const token = ring.sign({ sub: '7' });
  expect(ring.findSecret(token, undefined)).toBe(NEW);
  expect(ringOf(OLD).findSecret(token, undefined)).toBeUndefined();
});
