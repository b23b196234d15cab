import { WalPositions } from './wal-positions.js';

function seen(...positions: [position: number, at: number][]): WalPositions {
  const way = new WalPositions();
  for (const [position, at] of positions) way.add(position, at);
  return way;
}

describe('WalPositions', () => {
  it.each([
    ['no position of the primary is known', [], 7, 0],
    [
      'the replica has replayed everything',
      [
        [10, 0],
        [20, 500],
      ],
      20,
      0,
    ],
    [
      'the replica is ahead of the last known position',
      [
        [10, 0],
        [20, 500],
      ],
      25,
      0,
    ],
    [
      'nothing has been written for a while',
      [
        [10, 0],
        [10, 400],
        [10, 900],
      ],
      10,
      0,
    ],
    [
      'the replica lacks only the last position',
      [
        [10, 0],
        [20, 500],
      ],
      15,
      500,
    ],
    [
      'the replica stands still while the primary continues',
      [
        [10, 0],
        [20, 200],
        [30, 600],
      ],
      10,
      800,
    ],
    ['the replica is behind the first known position', [[10, 100]], 5, 900],
  ] as const)('calculates the lag if %s: %j', (_, positions, replayed, lag) => {
    expect(seen(...positions.map(([position, at]) => [position, at] as [number, number])).lagAt(replayed, 1000)).toBe(
      lag,
    );
  });

  it.each([
    [[], 7, false],
    [[[10, 0]], 9, false],
    [[[10, 0]], 10, true],
    [
      [
        [10, 0],
        [20, 500],
      ],
      15,
      true,
    ],
  ] as const)(
    'knows the lag only of a replica that has replayed the first known position: %j, %j',
    (all, at, isKnown) => {
      expect(seen(...all.map(([position, when]) => [position, when] as [number, number])).isLagKnown(at)).toBe(isKnown);
    },
  );

  it('drops the history after a failover to a primary with a shorter log', () => {
    expect(seen([10, 0], [30, 200], [20, 400]).lagAt(20, 1000)).toBe(0);
  });
});
