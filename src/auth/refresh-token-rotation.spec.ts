import { deriveNextToken, hashRefreshToken, newRefreshToken, newSalt } from './refresh-token.js';
import { GRACE_MS, withinGracePeriod, MAX_ROTATIONS, newestToken, type Rotation } from './refresh-token-rotation.js';

const SESSION = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';
const NOW = 1_800_000_000_000;

/**
 * Creates a session that was refreshed at these times. Returns its tokens, oldest first, and its rotations, newest
 * first.
 */
function family(...times: number[]): { tokens: string[]; rotations: Rotation[] } {
  const tokens = [newRefreshToken(SESSION)];
  const rotations: Rotation[] = [];
  for (const at of times) {
    const [token, salt] = [tokens.at(-1)!, newSalt()];
    rotations.unshift({ hash: hashRefreshToken(token), salt, at });
    tokens.push(deriveNextToken(token, salt));
  }
  return { tokens, rotations };
}

it('every earlier token leads to the newest token within its grace period', () => {
  const { tokens, rotations } = family(NOW - 9000, NOW - 5000, NOW - 5000, NOW - 1);
  for (const token of tokens.slice(0, -1)) expect(newestToken(token, rotations, NOW)).toBe(tokens.at(-1));
});

it('each token has its own grace period', () => {
  const { tokens, rotations } = family(NOW - GRACE_MS, NOW - GRACE_MS + 1, NOW);
  expect(tokens.slice(0, 3).map((token) => newestToken(token, rotations, NOW))).toEqual([
    undefined,
    tokens[3],
    tokens[3],
  ]);
});

it('the grace period also applies if the clock is behind the clock that recorded the rotation', () => {
  const { tokens, rotations } = family(NOW + 1500, NOW + 1600);
  expect(newestToken(tokens[0]!, rotations, NOW)).toBe(tokens[2]);
});

it('the grace periods do not depend on the order of the rotation times', () => {
  const { tokens, rotations } = family(NOW - 20_000, NOW - 1, NOW - 15_000, NOW);
  expect(tokens.slice(0, 4).map((token) => newestToken(token, rotations, NOW) === tokens[4])).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

it.each([
  ['the newest token', ({ tokens }: ReturnType<typeof family>) => tokens.at(-1)!],
  ['a token of another session', () => newRefreshToken(SESSION)],
  ['an invalid token', () => 'x'],
  ['an empty string', () => ''],
])('no newer token is found for %s', (_, make) => {
  const known = family(NOW - 2, NOW - 1);
  expect(newestToken(make(known), known.rotations, NOW)).toBeUndefined();
});

it('no newer token is found in a session that was never refreshed', () => {
  expect(newestToken(newRefreshToken(SESSION), [], NOW)).toBeUndefined();
});

it('only rotations within the grace period are kept, up to the maximum number', () => {
  const { rotations } = family(...Array.from({ length: MAX_ROTATIONS + 5 }, (_, i) => NOW - GRACE_MS + i));
  const kept = withinGracePeriod(rotations, NOW);
  expect(kept).toEqual(rotations.slice(0, MAX_ROTATIONS));
  expect(withinGracePeriod(rotations, NOW + GRACE_MS * 2)).toEqual([]);
});
