import { parsePidFile } from './pid-file.js';

const lines = [
  '4711',
  '/srv/postgres/data',
  '1795000000',
  '5432',
  '/srv/postgres/run',
  '',
  '  1234567   98',
  'ready   ',
  '',
];

describe('parsePidFile', () => {
  it('reads the process id, socket directory and status', () => {
    expect(parsePidFile(lines.join('\n'))).toEqual({
      pid: 4711,
      isSingleUser: false,
      socketDirectory: '/srv/postgres/run',
      status: 'ready',
    });
  });

  it('reads a file that is still being written', () => {
    expect(parsePidFile('4711\n/srv')).toEqual({
      pid: 4711,
      isSingleUser: false,
      socketDirectory: '',
      status: undefined,
    });
  });

  it('recognizes a single-user server by its negative process id', () => {
    expect(parsePidFile(['-4711', ...lines.slice(1)].join('\n'))).toMatchObject({ pid: 4711, isSingleUser: true });
  });

  it.each(['', '\n', 'garbage\n', '0\n'])('returns undefined for %j', (text) => {
    expect(parsePidFile(text)).toBeUndefined();
  });
});
