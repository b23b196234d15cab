import { Judge } from '../support/contract/judge.mjs';
import { DOCUMENT, HEADERS, smallServer, thing, type Answer } from '../support/contract/small-api.js';

let api: Awaited<ReturnType<typeof smallServer>>;
let judge: Judge;

beforeAll(async () => {
  api = await smallServer();
  judge = new Judge();
  judge.watch(api.server, DOCUMENT);
});
afterAll(() => api.server.close());
afterEach(() => judge.problems.splice(0));

/** Sends this request, answers it with this response, and returns the problems that the judge finds. */
async function judged(call: string, given: Partial<Answer>, sent: Record<string, string> = {}): Promise<string[]> {
  const [method, path] = call.split(' ');
  const { status = 200, headers = {}, body = thing() } = given;
  const all = Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value !== ABSENT);
  api.next({ status, headers: Object.fromEntries(all), body: body === NOTHING ? undefined : body });
  const response = await fetch(`${api.url}${path}`, { method, headers: sent });
  await response.arrayBuffer();
  return judge.problems.splice(0);
}

const ABSENT = '(absent)';
const NOTHING = Symbol('no body');
const error = { detail: 'No.' };
const without = (name: string) => Object.fromEntries(Object.entries(thing()).filter(([key]) => key !== name));

describe('a valid response passes', () => {
  it.each<[string, string, Partial<Answer>]>([
    ['an object', 'get /things/1', {}],
    ['null in a nullable field', 'get /things/1', { body: { ...thing(), owner: null } }],
    ['a list', 'get /things', { body: [thing()], headers: { link: '</things>; rel="first"' } }],
    ['a 201', 'post /things', { status: 201, headers: { location: '/things/1' } }],
    ['a 401', 'post /things', { status: 401, body: error, headers: { 'www-authenticate': 'Bearer' } }],
    ['a 503', 'post /things', { status: 503, body: error, headers: { 'retry-after': '1' } }],
    ['a 204', 'delete /things/1', { status: 204, body: NOTHING }],
    ['a HEAD response', 'head /things/1', { body: NOTHING }],
    ['a CSV text', 'get /table', { body: 'a,b\n', headers: { 'content-type': 'text/csv; charset=utf-8' } }],
    ['a trailing slash', 'get /things/1/', {}],
    ['an unknown path', 'get /nowhere', { status: 404, body: error }],
    ['a wrong method', 'put /things', { status: 405, body: error, headers: { allow: 'GET, HEAD, POST' } }],
    ['a documentation page', 'get /docs', { body: '<html>', headers: { 'content-type': 'text/html', etag: '"1"' } }],
    ['CORS headers', 'get /things/1', { headers: { 'access-control-allow-origin': 'https://myapp.com' } }],
    ['a URL that is too long', `get /things/${'1'.repeat(9000)}`, { status: 414, body: error }],
  ])('%s', async (_what, call, answer) => {
    expect(await judged(call, answer)).toEqual([]);
  });

  it('a health check', async () => {
    const headers = { allow: 'OPTIONS', 'content-type': ABSENT };
    expect(await judged('options /', { status: 204, body: NOTHING, headers })).toEqual([]);
  });

  it('a preflight', async () => {
    const sent = { origin: 'https://myapp.com', 'access-control-request-method': 'PUT' };
    const headers = { 'access-control-allow-methods': 'PUT', 'access-control-max-age': '600', 'content-type': ABSENT };
    expect(await judged('options /things', { status: 204, body: NOTHING, headers }, sent)).toEqual([]);
  });
});

/** Good responses with one change: the change, the request, the response and the problem that the judge must find. */
const MUTANTS: [string, string, Partial<Answer>, RegExp][] = [
  ['an added field', 'get /things/1', { body: { ...thing(), secret: 1 } }, /additional properties: secret/],
  [
    'an added field in a list',
    'get /things',
    { body: [{ ...thing(), x: 1 }], headers: { link: 'x' } },
    /body\/0 .*: x/,
  ],
  [
    'an added field in a nested object',
    'get /things/1',
    { body: { ...thing(), owner: { email: 'a@b.cd', x: 1 } } },
    /: x/,
  ],
  [
    'an added field in an error',
    'get /things/1',
    { status: 404, body: { ...error, x: 1 } },
    /additional properties: x/,
  ],
  [
    'a write-only field',
    'get /things/1',
    { body: { ...thing(), owner: { email: 'a@b.cd', password: 'x' } } },
    /password.* false/,
  ],
  ['a missing field', 'get /things/1', { body: without('note') }, /required property 'note'/],
  ['a text instead of a number', 'get /things/1', { body: { ...thing(), id: '1' } }, /\/id must be integer/],
  ['a number instead of a text', 'get /things/1', { body: { ...thing(), tags: [1] } }, /\/tags\/0 must be string/],
  ['a fraction', 'get /things/1', { body: { ...thing(), id: 1.5 } }, /must be integer/],
  ['a number that is too large', 'get /things/1', { body: { ...thing(), id: 2 ** 31 } }, /int32/],
  ['a number that is too small', 'get /things/1', { body: { ...thing(), id: 0 } }, />= 1/],
  ['a text instead of a boolean', 'get /things/1', { body: { ...thing(), good: 'true' } }, /must be boolean/],
  [
    'null in a field that is not nullable',
    'get /things/1',
    { body: { ...thing(), kind: null } },
    /\/kind must be string/,
  ],
  ['a value outside the enum', 'get /things/1', { body: { ...thing(), kind: 'c' } }, /\/kind must be equal to one of/],
  [
    'a text that is too long',
    'get /things/1',
    { body: { ...thing(), note: 'longer' } },
    /fewer than 5|NOT have more than 5/,
  ],
  [
    'a date without a time zone',
    'get /things/1',
    { body: { ...thing(), made_at: '2026-01-31T09:30:00' } },
    /date-time/,
  ],
  [
    'a date in another time zone',
    'get /things/1',
    { body: { ...thing(), made_at: '2026-01-31T09:30:00+02:00' } },
    /date-time/,
  ],
  ['an invalid date', 'get /things/1', { body: { ...thing(), made_at: '2026-13-01T09:30:00Z' } }, /date-time/],
  ['an invalid e-mail address', 'get /things/1', { body: { ...thing(), owner: { email: 'ann' } } }, /email/],
  ['a list instead of a map', 'get /things/1', { body: { ...thing(), facts: [] } }, /\/facts must be object/],
  [
    'a number in a map of texts',
    'get /things/1',
    { body: { ...thing(), facts: { a: 1 } } },
    /\/facts\/a must be string/,
  ],
  ['a list instead of an object', 'get /things/1', { body: [thing()] }, /body must be object/],
  ['an object instead of a list', 'get /things', { headers: { link: 'x' } }, /body must be array/],
  [
    'a list that is too long',
    'get /things',
    { body: [thing(), thing(), thing()], headers: { link: 'x' } },
    /more than 2 items/,
  ],
  ['an undeclared status', 'post /things', { status: 409, body: error }, /status 409 is not documented/],
  ['an undeclared success status', 'post /things', { status: 200 }, /status 200 is not documented/],
  ['a server error', 'get /things/1', { status: 500, body: error }, /the server failed/],
  [
    'an undeclared 429',
    'get /things/1',
    { status: 429, body: error, headers: { 'retry-after': '1' } },
    /429 is not documented/,
  ],
  ['another media type', 'get /things/1', { headers: { 'content-type': 'text/html' } }, /content type is "text\/html"/],
  [
    'an added parameter of the media type',
    'get /things/1',
    { headers: { 'content-type': 'application/json; charset=utf-8' } },
    /content type/,
  ],
  ['no media type', 'get /things/1', { headers: { 'content-type': ABSENT } }, /content type is ""/],
  ['a text without a charset', 'get /table', { body: 'a', headers: { 'content-type': 'text/csv' } }, /content type/],
  ['malformed JSON', 'get /things/1', { body: '{"id":' }, /cannot be read/],
  ['a body that is not UTF-8', 'get /things/1', { body: Buffer.from([0x22, 0xff, 0x22]) }, /cannot be read/],
  ['no body', 'get /things/1', { body: NOTHING }, /cannot be read/],
  ['a 200 instead of a 204', 'delete /things/1', { status: 200, body: error }, /200 is not documented/],
  ['an undeclared header', 'get /things/1', { headers: { 'x-secret': '1' } }, /x-secret is not documented/],
  ['a cookie', 'get /things/1', { headers: { 'set-cookie': 'a=1' } }, /set-cookie is not documented/],
  ['a header of another status', 'get /things/1', { headers: { location: '/things/1' } }, /location is not documented/],
  ['no Location', 'post /things', { status: 201 }, /Location is missing/],
  ['an invalid Location', 'post /things', { status: 201, headers: { location: 'things/1' } }, /Location: .*pattern/],
  ['no Link', 'get /things', { body: [] }, /Link is missing/],
  ['no WWW-Authenticate', 'post /things', { status: 401, body: error }, /WWW-Authenticate is missing/],
  ['no Retry-After', 'post /things', { status: 503, body: error }, /Retry-After is missing/],
  [
    'a Retry-After that is not a number',
    'post /things',
    { status: 503, body: error, headers: { 'retry-after': 'soon' } },
    /integer/,
  ],
  ['no X-Process-Time', 'get /things/1', { headers: { 'x-process-time': ABSENT } }, /x-process-time is missing/],
  [
    'an X-Process-Time with an exponent',
    'get /things/1',
    { headers: { 'x-process-time': '1e-7' } },
    /x-process-time is "1e-7"/,
  ],
  [
    'no X-Request-ID',
    'get /nowhere',
    { status: 404, body: error, headers: { 'x-request-id': ABSENT } },
    /x-request-id is missing/,
  ],
  [
    'no X-Content-Type-Options',
    'get /things/1',
    { headers: { 'x-content-type-options': ABSENT } },
    /nosniff|x-content-type-options is missing/,
  ],
  ['no Cache-Control', 'get /things/1', { headers: { 'cache-control': ABSENT } }, /cache-control is missing/],
  ['a 200 for an unknown path', 'get /nowhere', {}, /status is 200, not 404/],
  [
    'another body for an unknown path',
    'get /nowhere',
    { status: 404, body: { message: 'No' } },
    /required property 'detail'/,
  ],
  ['a 200 for a path in another case', 'get /Things/1', {}, /status is 200, not 404/],
  ['a 200 for a wrong method', 'put /things', {}, /status is 200, not 405/],
  ['no Allow', 'put /things', { status: 405, body: error }, /Allow is undefined/],
  [
    'an incomplete Allow',
    'put /things',
    { status: 405, body: error, headers: { allow: 'GET, HEAD' } },
    /Allow is GET, HEAD, not/,
  ],
  ['a 405 for a health check', 'options /', { status: 405, body: error }, /status is 405, not 204/],
  ['a health check without Allow', 'options /', { status: 204, body: NOTHING }, /Allow is undefined, not OPTIONS/],
  [
    'a 204 for OPTIONS on an unknown path',
    'options /nowhere',
    { status: 204, body: NOTHING },
    /status is 204, not 404/,
  ],
  ['HEAD with an undeclared status', 'head /things/1', { status: 409, body: NOTHING }, /409 is not documented/],
  ['a 404 for a wrong method on a page', 'post /docs', { status: 404, body: error }, /status is 404, not 405/],
];

describe('an invalid response is detected', () => {
  it.each(MUTANTS)('%s', async (_what, call, answer, complaint) => {
    expect((await judged(call, answer)).join('\n')).toMatch(complaint);
  });
});
