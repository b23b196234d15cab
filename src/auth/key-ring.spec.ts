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

describe('the secret to judge a token by', () => {
  it('is the one that the token names, whatever has sealed it', () => {
    for (const key of [OLD, NEW, OTHER])
      expect([OLD, NEW].map((named) => ring.findSecret(sealed(key), keyId(named)))).toEqual([OLD, NEW]);
  });

  it.each(['', keyId(OTHER), '__proto__', NEW])('is none for the name %j', (kid) => {
    expect(ring.findSecret(sealed(NEW), kid)).toBeUndefined();
  });

  it('is the one that has sealed it, where it names none', () => {
    expect([OLD, NEW, OTHER].map((key) => ring.findSecret(sealed(key), undefined))).toEqual([OLD, NEW, undefined]);
    expect(ringOf(NEW).findSecret(sealed(OLD), undefined)).toBeUndefined();
  });

  it.each([
    ['changed', () => sealed(NEW).replace('claims', 'Claims')],
    ['with a changed seal', () => `header.claims.${seal(NEW, 'header.clams')}`],
    ['with a shorter seal', () => sealed(NEW).slice(0, -2)],
    ['with a longer seal', () => `${sealed(NEW)}AAAA`],
    ['without a seal', () => 'header.claims.'],
    ['without a dot', () => seal(NEW, 'header')],
    ['of nothing', () => ''],
  ])('is none for a token %s', (_, make) => {
    expect(ring.findSecret(make(), undefined)).toBeUndefined();
  });
});

it('names a secret by a digest that is not its own', () => {
  expect(keyId(NEW)).toMatch(/^[\da-f]{16}$/);
  expect(keyId(NEW)).not.toBe(keyId(OLD));
});

it('seals access tokens with the current secret', () => {
  const token = ring.sign({ sub: '7' });
  expect(ring.findSecret(token, undefined)).toBe(NEW);
  expect(ringOf(OLD).findSecret(token, undefined)).toBeUndefined();
});
