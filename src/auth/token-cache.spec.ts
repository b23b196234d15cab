import type { Claims } from './claims.js';
import { MAX_TOKENS, TokenCache } from './token-cache.js';

it('returns the claims of cached tokens only', () => {
  const seen = new TokenCache<Claims>();
  seen.add('a', { sub: '1' });
  seen.add('b', { sub: '2' });
  expect([seen.get('a'), seen.get('b'), seen.get('A'), seen.get('')]).toEqual([
    { sub: '1' },
    { sub: '2' },
    undefined,
    undefined,
  ]);
});

it('evicts the oldest token when the cache is full', () => {
  const seen = new TokenCache<Claims>();
  for (let i = 0; i < MAX_TOKENS; i++) seen.add(`token ${i}`, { sub: String(i) });
  expect(seen.get('token 0')).toEqual({ sub: '0' });
  seen.add('one more', {});
  expect([seen.get('token 0'), seen.get('token 1'), seen.get('one more')]).toEqual([undefined, { sub: '1' }, {}]);
});
