import { parseLogLine } from './story-lines.js';

const LINE = { level: 30, time: '2026-05-01T10:00:00.000Z', request_id: 'r1', msg: 'request' };
const TRIPLE = ['select 1', 0.5, 1.25];

describe('parseLogLine', () => {
  it.each([LINE, { ...LINE, statements: [] }, { ...LINE, msg: 'statements', statements: [TRIPLE] }])(
    'parses %j, also with the prefix of docker compose',
    (line) => {
      const text = JSON.stringify(line);
      for (const prefix of ['', 'aerie-1  | ']) expect(parseLogLine(prefix + text)).toEqual(line);
    },
  );

  it.each([
    '',
    'r1',
    '{"request_id":"r1"',
    JSON.stringify({ request_id: 'r1' }),
    JSON.stringify({ ...LINE, time: 1777629600000 }),
    JSON.stringify({ ...LINE, time: 'yesterday' }),
    JSON.stringify({ ...LINE, statements: 3 }),
    JSON.stringify({ ...LINE, statements: ['select 1'] }),
  ])('skips %j, which another program wrote', (text) => {
    expect(parseLogLine(text)).toBeUndefined();
  });
});
