import { performance } from 'node:perf_hooks';
import { anon } from '../support/world.js';

const LENGTH = 15_000;
/** A pattern with catastrophic backtracking takes minutes for one of these texts. Ours take some milliseconds. */
const FAR_TOO_LONG_MS = 5000;

const times = (part: string) => part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH);

describe('a text of 15,000 characters that could cause catastrophic backtracking', () => {
  it.each([
    ['letters', times('a')],
    ['a long local part without @', times('a.')],
    ['@ signs', times('@')],
    ['an address with many domain labels', `a@${times('a-.')}`],
    ['escaped quotes without a closing quote', `"${times('\\"')}`],
    ['spaces', `${times(' ')}x`],
    ['tabs and line breaks', times('\t\n\r')],
    ['digits', `${times('1')}x`],
    ['brackets', times('[{(')],
    ['capital letters', `${times('A')}!`],
    ['letters with combining marks', times('e\u0301')],
    ['emoji', times('😀')],
  ])('is validated within 5 seconds: %s', async (_, text) => {
    const began = performance.now();
    const address = { street: text, city: 'b', zip_code: 'c', country: 'd' };
    const body = { email: text, name: 'Ann', metadata: {} };
    const answers = [
      await anon.post('/users/preview', body),
      await anon.post('/users/preview', { ...body, email: 'a@b.example', name: text }),
      await anon.post('/users/preview', { ...body, email: 'a@b.example', address }),
      await anon.post('/auth/token').type('form').send({ username: text, password: 'a' }),
      await anon.get('/items').set('Authorization', `Bearer ${'a'.repeat(9000)}`),
    ];
    const unread = answers.filter(({ status }) => ![200, 401, 422].includes(status));
    expect(unread.map(({ status, text: body }) => [status, body.slice(0, 100)])).toEqual([]);
    expect(performance.now() - began).toBeLessThan(FAR_TOO_LONG_MS);
  });
});
