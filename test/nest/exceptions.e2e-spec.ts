import { expectError, nestWith } from './client.js';

const nest = nestWith('exceptions/exceptions');
const get = (path: string) => nest.get(`/exceptions/${path}`);
const thrown = (name: string) => nest.get(`/documented-exceptions/bodies/${name}`);

const BUILT_IN: [string, number, string][] = [
  ['BadRequestException', 400, 'Bad Request'],
  ['UnauthorizedException', 401, 'Unauthorized'],
  ['ForbiddenException', 403, 'Forbidden'],
  ['NotFoundException', 404, 'Not Found'],
  ['MethodNotAllowedException', 405, 'Method Not Allowed'],
  ['NotAcceptableException', 406, 'Not Acceptable'],
  ['RequestTimeoutException', 408, 'Request Timeout'],
  ['ConflictException', 409, 'Conflict'],
  ['GoneException', 410, 'Gone'],
  ['PreconditionFailedException', 412, 'Precondition Failed'],
  ['PayloadTooLargeException', 413, 'Payload Too Large'],
  ['UnsupportedMediaTypeException', 415, 'Unsupported Media Type'],
  ['ImATeapotException', 418, "I'm a teapot"],
  ['MisdirectedException', 421, 'Misdirected'],
  ['UnprocessableEntityException', 422, 'Unprocessable Entity'],
  ['InternalServerErrorException', 500, 'Internal Server Error'],
  ['NotImplementedException', 501, 'Not Implemented'],
  ['BadGatewayException', 502, 'Bad Gateway'],
  ['ServiceUnavailableException', 503, 'Service Unavailable'],
  ['GatewayTimeoutException', 504, 'Gateway Timeout'],
  ['HttpVersionNotSupportedException', 505, 'HTTP Version Not Supported'],
];

describe.each(BUILT_IN)('%s', (name, status, phrase) => {
  beforeEach(() => {
    if (status === 500) expectServerErrors(3);
  });

  it(`responds ${status} with its phrase or the given message, and does not send its cause`, async () => {
    expectError(await get(`built-in/${name}`), status, phrase);
    expectError(await get(`built-in/${name}?message=Of%20its%20own`), status, 'Of its own');
    const described = await get(`built-in/${name}?message=Of%20its%20own&description=Described`);
    expectError(described, status, 'Of its own');
    expect(described.text).not.toContain('the cause');
  });
});

const BODIES: [string, number, object][] = [
  ['object', 403, { status: 403, error: 'A body of its own' }],
  ['coded', 409, { message: 'Taken', code: 'cat.taken' }],
  ['errors', 400, { errors: [{ field: 'name' }] }],
  ['down', 503, { status: 'error', details: { dog: { status: 'down' } } }],
  ['internal', 500, { reference: 'A7' }],
];

describe('HttpException', () => {
  it.each([400, 402, 429, 451, 503, 507])('is sent with its status %i and its message', async (status) => {
    expectError(await get(`texts/${status}`), status, 'In its own words');
  });

  it.each(BODIES)('is sent as its custom body: %s', async (name, status, body) => {
    if (status === 500) expectServerErrors();
    const answer = await get(`bodies/${name}`);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });

  it('is sent with an array of objects as the message', async () => {
    const { body } = await get('bodies/list');
    expect(body).toEqual({ message: [{ field: 'name' }], error: 'Bad Request', statusCode: 400 });
  });

  it('is sent with all of its messages', async () => {
    const answer = await get('messages');
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('name is too short');
    expect(answer.text).toContain('age is too low');
  });

  it('can be extended', async () => {
    expectError(await get('custom'), 429, 'At most 3 cats');
    expectError(await get('extended'), 404, 'The cat Tom is absent');
  });

  it('can be the reason of a rejected promise', async () => {
    expectError(await get('rejected'), 410, 'Rejected');
  });
});

describe('HttpException in a documented route', () => {
  it.each(BODIES.filter(([name]) => name !== 'internal'))(
    'sends a custom body as the detail, in the format of FastAPI: %s',
    async (name, status, body) => {
      const answer = await thrown(name);
      expect([answer.status, answer.body]).toEqual([status, nestStock ? body : { detail: body }]);
    },
  );

  it('sends its message as the detail', async () => {
    expectError(await thrown('standard'), 400, 'In its own words');
    if (!nestStock) expect((await thrown('list')).body).toEqual({ detail: [{ field: 'name' }] });
  });

  it.each(['documented-exceptions', 'exceptions'])(
    'is sent as problem details if the client accepts application/problem+json: %s',
    async (where) => {
      if (nestStock) return;
      const { status, headers, body } = await nest
        .get(`/${where}/bodies/object`)
        .set('Accept', 'application/problem+json');
      expect([status, headers['content-type']]).toEqual([403, 'application/problem+json']);
      expect(body).toMatchObject({
        type: 'about:blank',
        title: 'Forbidden',
        status: 403,
        detail: 'Forbidden',
        body: { status: 403, error: 'A body of its own' },
      });
    },
  );

  const errorCode = 'CAT_TAKEN';

  it.each(['documented-exceptions', 'exceptions'])('sends its errorCode beside its message: %s', async (where) => {
    for (const [name, message] of [
      ['code', 'Taken'],
      ['codeOfText', 'Taken'],
      ['codeOfList', nestStock ? ['Taken', 'Twice'] : 'Taken; Twice'],
    ] as const) {
      const { status, body } = await nest.get(`/${where}/bodies/${name}`);
      expect([status, body]).toMatchObject([409, { [nestStock ? 'message' : 'detail']: message, errorCode }]);
    }
    const own = await nest.get(`/${where}/bodies/codeBesideBody`);
    expect(own.body).toEqual(
      nestStock || where === 'exceptions' ? { reason: 'taken' } : { detail: { reason: 'taken' } },
    );
    if (nestStock) return;
    const problem = await nest.get(`/${where}/bodies/code`).set('Accept', 'application/problem+json');
    expect(problem.body).toMatchObject({ detail: 'Taken', errorCode });
  });

  it('may have an errorCode in the documented schema of its status', async () => {
    for (const accept of ['application/json', 'application/problem+json']) {
      const { status, body } = await nest.get('/documented-exceptions/code').set('Accept', accept);
      expect([status, body]).toMatchObject([409, { errorCode }]);
    }
  });

  it('becomes a 500 without details if its body cannot be serialized', async () => {
    if (nestStock) return; // stock Nest sends no response at all
    expectServerErrors(2);
    for (const where of ['documented-exceptions', 'exceptions']) {
      const answer = await nest.get(`/${where}/bodies/circle`);
      expectError(answer, 500, 'Internal server error');
      expect(answer.text).not.toContain('secret');
    }
  });
});

describe('named errors of the kernel', () => {
  it('are sent with their status and message, including 5xx errors', async () => {
    expectError(await get('named'), 404, 'No cat is named Tom');
    expectError(await get('asleep'), 503, 'The cat is asleep');
  });
});

describe('a thrown value other than an HttpException', () => {
  it.each(['error', 'syntax', 'text', 'nothing'])('results in a 500 without details: %s', async (kind) => {
    expectServerErrors();
    const answer = await get(`unknown/${kind}`);
    expectError(answer, 500, 'Internal server error');
    expect(answer.text).not.toContain('secret');
  });

  it('is logged', async () => {
    expectServerErrors();
    await get('unknown/error');
    expect(nest.logs.filter(({ level }) => Number(level) >= 50).map((line) => JSON.stringify(line))).toContainEqual(
      expect.stringContaining('secret of the server'),
    );
  });

  it('keeps its status if it has the properties of an Express error', async () => {
    expectError(await get('like-http'), 413, 'By its status');
  });
});
