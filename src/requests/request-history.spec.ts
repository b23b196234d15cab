import { RequestHistory } from './request-history.js';

const lineOf = (request_id: string, msg: string) => `${JSON.stringify({ request_id, msg })}\n`;
const messages = (history: RequestHistory, id: string) => history.find(id).map(({ msg }) => msg);

it('finds the lines of a request among those of other requests, oldest first', () => {
  const history = new RequestHistory(10_000);
  for (const msg of ['first', 'sécond "quoted"', 'third']) {
    history.add(lineOf('a', msg));
    history.add(lineOf('b', `${msg} of b`));
  }
  expect(messages(history, 'a')).toEqual(['first', 'sécond "quoted"', 'third']);
  expect(messages(history, 'b')).toHaveLength(3);
  expect(messages(history, 'c')).toEqual([]);
});

it('returns an empty list before any line is added', () => expect(new RequestHistory(1000).find('a')).toEqual([]));

it('does not return a line that only mentions the id of the request', () => {
  const history = new RequestHistory(10_000);
  history.add(`${JSON.stringify({ request_id: 'b', data: { request_id: 'a' }, msg: '"request_id":"a"' })}\n`);
  expect(history.find('a')).toEqual([]);
});

it.each([160, 257, 1000, 4096])(
  'drops the oldest lines, and never returns incomplete lines: capacity of 16 × %d bytes',
  (bytes) => {
    const history = new RequestHistory(bytes * 16);
    const written: string[] = [];
    for (let n = 0; n < 3000; n++) {
      const msg = `${n} ${'é'.repeat((n * 7) % 60)}`;
      history.add(lineOf(n % 2 ? 'odd' : 'even', msg));
      if (n % 2) written.push(msg);
      const kept = messages(history, 'odd');
      expect(kept).toEqual(written.slice(-kept.length || written.length));
    }
    expect(messages(history, 'odd').length).toBeGreaterThan(bytes / 20);
  },
);

it('omits a line that exceeds the maximum size', () => {
  const history = new RequestHistory(1600);
  history.add(lineOf('a', 'x'.repeat(200)));
  history.add(lineOf('a', 'short'));
  expect(messages(history, 'a')).toEqual(['short']);
});

it('returns the statements of an activity with their texts, for any number of texts', () => {
  const history = new RequestHistory(1_000_000);
  const texts = Array.from({ length: 2100 }, (_, n) => `select ${n} as "column"`);
  for (const text of texts)
    history.addActivity(`"request_id":"${text.split(' ')[1]}"`, {
      id: undefined,
      startedAt: 0,
      statements: [text, 1.234, 5.678, text, 7, 8],
    });
  expect(history.find('7')[0]!.statements).toEqual([
    [texts[7], 1.23, 5.68],
    [texts[7], 7, 8],
  ]);
  expect(history.find('2099')[0]!.statements![1]).toEqual([texts[2099], 7, 8]);
});
