import { WalPositions } from './wal-positions.js';

function seen(...positions: [position: number, at: number][]): WalPositions {
  const way = new WalPositions();
  for (const [position, at] of positions) way.add(position, at);
  return way;
}

describe('WalPositions', () => {
  it.each([
    ['nothing is known of the primary', [], 7, 0],
    [
      'the replica has everything',
      [
        [10, 0],
        [20, 500],
      ],
      20,
      0,
    ],
    [
      'it has more than was seen',
      [
        [10, 0],
        [20, 500],
      ],
      25,
      0,
    ],
    [
      'nobody has written for long',
      [
        [10, 0],
        [10, 400],
        [10, 900],
      ],
      10,
      0,
    ],
    [
      'it lacks the last',
      [
        [10, 0],
        [20, 500],
      ],
      15,
      500,
    ],
    [
      'it stands still while others write',
      [
        [10, 0],
        [20, 200],
        [30, 600],
      ],
      10,
      800,
    ],
    ['it lacks what was there from the beginning', [[10, 100]], 5, 900],
  ] as const)('calculates the lag if %s: %j', (_, positions, replayed, lag) => {
    expect(seen(...positions.map(([position, at]) => [position, at] as [number, number])).lagAt(replayed, 1000)).toBe(
      lag,
    );
  });

  it('drops the history after a failover to a primary with a shorter log', () => {
    expect(seen([10, 0], [30, 200], [20, 400]).lagAt(20, 1000)).toBe(0);
  });
});
