import request from 'supertest';
import { type Actor, aUser, world } from '../support/world.js';

const server = () => request(baseUrl);
const INT = 'Input should be a valid integer, unable to parse string as an integer';

let user: Actor;

beforeAll(async () => {
  user = await aUser();
});

/** Returns one line for each entry of a 422's `detail`. */
function told(body: { detail: { type: string; loc: (string | number)[] }[] }): string[] {
  return body.detail.map(({ type, loc }) => `${loc.join('.')} ${type}`);
}

describe('the list of validation errors', () => {
  it('contains path and body errors in one response, in this order', async () => {
    const answer = await user.put('/users/abc', {});
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      detail: [
        { type: 'int_parsing', loc: ['path', 'user_id'], msg: INT, input: 'abc' },
        { type: 'missing', loc: ['body', 'user'], msg: 'Field required', input: null },
        { type: 'missing', loc: ['body', 'reason'], msg: 'Field required', input: null },
      ],
    });
  });

  it('contains path and query errors in one response, the path first', async () => {
    const answer = await server().get('/users/x/posts?limit=y&page=z');
    expect(told(answer.body)).toEqual([
      'path.user_id int_parsing',
      'query.page int_parsing',
      'query.limit int_parsing',
    ]);
  });

  it('follows the order of declaration, base class first, whatever the order in the request', async () => {
    const answer = await server().post('/users').send({ password: 1, role: 'root', name: 'A', email: 'nobody' });
    expect(told(answer.body)).toEqual([
      'body.email value_error',
      'body.name string_too_short',
      'body.role enum',
      'body.password string_type',
    ]);
  });

  it('has one error per field: the first check that fails', async () => {
    const answer = await server().post('/users').send({ email: 'a@b.example', name: 'Ann', password: 'abc' });
    expect(told(answer.body)).toEqual(['body.password string_too_short']);
  });

  it('shows the object in which a field is missing', async () => {
    const sent = { email: 'a@b.example', address: { street: 'Main' } };
    const answer = await server().post('/users/preview').send(sent);
    expect(answer.body.detail).toEqual([
      { type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: sent },
      { type: 'missing', loc: ['body', 'address', 'city'], msg: 'Field required', input: { street: 'Main' } },
    ]);
  });

  it('is the whole response body', async () => {
    const answer = await server().get('/items?page=x');
    expect(answer.text).toBe(`{"detail":[{"type":"int_parsing","loc":["query","page"],"msg":"${INT}","input":"x"}]}`);
    expect(answer.headers['content-type']).toBe('application/json');
  });
});

describe('secrets', () => {
  it('are masked if they are invalid', async () => {
    const answer = await server().post('/users').send({ email: 'a@b.example', name: 'Ann', password: 'hunter2' });
    expect(answer.body.detail).toMatchObject([{ loc: ['body', 'password'], input: '**********' }]);
    expect(answer.text).not.toContain('hunter2');
  });

  it('are masked in an echoed object', async () => {
    const answer = await server().post('/users').send({ password: 'Hunter2-Hunter2', name: 'Ann' });
    expect(answer.body.detail).toMatchObject([
      { type: 'missing', loc: ['body', 'email'], input: { password: '**********', name: 'Ann' } },
    ]);
  });

  it('are masked whatever their type, also in forms', async () => {
    const answer = await server()
      .post('/users')
      .send({ email: 'a', name: 'A', password: { deep: ['hunter2'] } });
    const form = await server()
      .post('/auth/token')
      .type('form')
      .send(`username=a&password=${'hunter2'.repeat(200)}`);
    const refresh = await server()
      .post('/auth/refresh')
      .send({ refresh_token: ['hunter2'] });
    for (const { status, text } of [answer, form, refresh]) {
      expect(status).toBe(422);
      expect(text).toContain('**********');
      expect(text).not.toContain('hunter2');
    }
  });

  it('are never logged', () => {
    expect(JSON.stringify(logs)).not.toContain('hunter2');
  });
});

describe('numbers', () => {
  it.each(['123456789012345678901234567890', '9007199254740993', '1.0', '1e400', '-0', '0.10'])(
    'are echoed exactly as they were sent: %s',
    async (number) => {
      const body = `{"email":"a@b.example","name":${number}}`;
      const answer = await server().post('/users/preview').set('Content-Type', 'application/json').send(body);
      expect(answer.text).toContain(`"msg":"Input should be a valid string","input":${number}}`);
    },
  );

  it('are also echoed exactly inside an object', async () => {
    const body = '{"name":"Ann","metadata":{"a":"b"},"big":12345678901234567890}';
    const answer = await server().post('/users/preview').set('Content-Type', 'application/json').send(body);
    expect(answer.text).toContain(`"input":${body}}`);
  });

  it('are exact in the message of an error', async () => {
    const answer = await server().get('/items/123456789012345678901234567890');
    expect([answer.status, answer.body]).toEqual([404, { detail: 'Item 123456789012345678901234567890 not found' }]);
  });

  it.each([
    ['+1', 200],
    ['%2B1', 200],
    ['01', 200],
    ['1.0', 200],
    ['1_0', 200],
    ['%201', 200],
    ['', 422],
    ['1.5', 422],
    ['0x10', 422],
    ['1e3', 422],
    ['%D9%A3', 422],
    ['0', 422],
    ['-1', 422],
  ])('in a query: "%s" is answered with %i', async (text, status) => {
    expect((await server().get(`/items?page=${text}`)).status).toBe(status);
  });
});

describe('a query', () => {
  it('uses the last value of a repeated parameter', async () => {
    expect((await server().get('/items?limit=2&limit=x')).status).toBe(422);
    expect((await server().get('/items?limit=x&limit=2')).body.pagination).toEqual({ skip: 0, limit: 2 });
  });

  it('ignores unknown parameters', async () => {
    for (const query of [
      'PAGE=x',
      'page[]=x',
      'page[a]=x',
      'a=1;page=x',
      '&&',
      '=',
      '__proto__=1',
      'constructor[prototype]=1',
    ]) {
      expect([query, (await server().get(`/items?${query}`)).status]).toEqual([query, 200]);
    }
  });

  it('keeps invalid percent escapes unchanged', async () => {
    const answer = await server().get('/items?page=%zz');
    expect(answer.body.detail).toMatchObject([{ input: '%zz' }]);
  });
});

describe('an object that belongs to another user', () => {
  it('is answered like a missing object', async () => {
    const { user: ann, stranger } = await world();
    const [foreign, missing] = [await ann.get(`/users/${stranger.id}`), await ann.get('/users/2147483647')];
    expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text]);
    expect([missing.status, missing.body]).toEqual([404, { detail: 'User not found' }]);
  });
});
