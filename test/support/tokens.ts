import { createHmac } from 'node:crypto';
import type { Test } from 'supertest';
import { anon } from './world.js';

/** The JWT secret of the applications under test. */
const KEY = 'only-for-tests-and-at-least-32-bytes-long';
const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * Returns a token with these claims. The header names the algorithm of the signature. For an unknown one (`none`) the
 * signature is empty.
 */
export function forge(claims: unknown, header: object = {}, key = KEY): string {
  const whole = { alg: 'HS256', typ: 'JWT', ...header };
  const signed = `${encode(whole)}.${encode(claims)}`;
  const hash = HASHES[whole.alg];
  return `${signed}.${hash === undefined ? '' : createHmac(hash, key).update(signed).digest('base64url')}`;
}

/** Returns the claims of a token without verifying it. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** Returns the header of a token without verifying it. */
export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** Requests the account of the token's bearer. */
export function whoIs(token: string): Test {
  return anon.get('/users/me').set('Authorization', `Bearer ${token}`);
}

export const refresh = (refresh_token: string, at = anon) => at.post('/auth/refresh', { refresh_token });
