import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A refresh token names its session and its generation and is sealed with a key, so that nothing of it has to be
 * stored, and the same generation can be given again to a client that lost the answer.
 */
export function refreshToken(key: string, session_id: string, generation: number): string {
  const subject = `${session_id}.${generation}`;
  return `${Buffer.from(subject).toString('base64url')}.${seal(key, subject)}`;
}

/** What a refresh token says. */
export interface RefreshTokenOf {
  readonly session_id: string;
  readonly generation: number;
}

/** Session and generation of a token that this key sealed; undefined for anything else. */
export function openRefreshToken(key: string, token: string): RefreshTokenOf | undefined {
  const [head = '', tail = '', ...rest] = token.split('.');
  const subject = Buffer.from(head, 'base64url').toString('utf8');
  const expected = Buffer.from(seal(key, subject));
  const given = Buffer.from(tail);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [session_id = '', generation = ''] = subject.split('.');
  return { session_id, generation: Number(generation) };
}

/** The signing key serves two purposes: the label keeps their signatures apart. */
function seal(key: string, subject: string): string {
  return createHmac('sha256', key).update(`refresh-token:${subject}`).digest('base64url');
}
