import { MAX_TOKENS, SeenTokens } from './seen-tokens.js';

it('knows the claims of a token that was added, and of no other', () => {
  const seen = new SeenTokens();
  seen.add('a', { sub: '1' });
  seen.add('b', { sub: '2' });
  expect([seen.of('a'), seen.of('b'), seen.of('A'), seen.of('')]).toEqual([
    { sub: '1' },
    { sub: '2' },
    undefined,
    undefined,
  ]);
});

it('forgets the oldest when there are too many', () => {
  const seen = new SeenTokens();
  for (let i = 0; i < MAX_TOKENS; i++) seen.add(`token ${i}`, { sub: String(i) });
  expect(seen.of('token 0')).toEqual({ sub: '0' });
  seen.add('one more', {});
  expect([seen.of('token 0'), seen.of('token 1'), seen.of('one more')]).toEqual([undefined, { sub: '1' }, {}]);
});
