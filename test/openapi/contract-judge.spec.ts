import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { securityHeaders } from '../../src/kernel/http/message-classes.js';
import { handleParserErrors } from '../../src/kernel/http/server-limits.js';
import { neverSeen } from '../support/contract/coverage.mjs';
import { Judge } from '../support/contract/judge.mjs';
import { DOCUMENT, HEADERS, thing } from '../support/contract/small-api.js';

const SECURITY = securityHeaders({ production: false });

let server: Server;
let url: string;
let judge: Judge;

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener);
  judge = new Judge();
  judge.watch(server, DOCUMENT);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => server.close());

const get = async (path: string) => (await fetch(url + path)).text();

describe('a response is checked', () => {
  it('if it is written in several chunks', async () => {
    await serve((_request, response) => {
      response.writeHead(200, HEADERS);
      const text = JSON.stringify({ ...thing(), note: 'ä', secret: 1 });
      response.write(Buffer.from(text).subarray(0, 90));
      response.end(Buffer.from(text).subarray(90).toString('base64'), 'base64');
    });
    await get('/things/1');
    expect(judge.problems).toEqual(['GET /things/1 → 200: body must NOT have additional properties: secret']);
    expect(judge.seen).toEqual({ 'GET /things/{id} 200': 1 });
  });

  it('up to the point where it breaks off', async () => {
    await serve((_request, response) => {
      response.writeHead(200, { ...HEADERS, 'x-secret': '1' });
      response.write('{"id":', () => response.destroy());
    });
    await expect(get('/things/1')).rejects.toThrow();
    expect(judge.problems).toEqual(['GET /things/1 → 200: the header x-secret is not documented']);
    expect(judge.seen).toEqual({});
  });

  it.each([
    ['NO HTTP\r\n\r\n', []],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, []],
  ])('if it comes from the HTTP parser: %.20s', async (text, problems) => {
    await serve(() => {});
    handleParserErrors(server, SECURITY, () => {});
    await send(text);
    expect(judge.problems).toEqual(problems);
  });

  it('if it comes from the HTTP parser and is invalid', async () => {
    await serve(() => {});
    server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 418 Teapot\r\nContent-Type: text/html\r\n\r\n'));
    await send('NO HTTP\r\n\r\n');
    expect(judge.problems).toEqual([
      '(no HTTP) → 418: the HTTP parser answered 418',
      ...SECURITY.map(([name]) => `(no HTTP) → 418: the header ${name.toLowerCase()} is missing`),
      '(no HTTP) → 418: the content type is "text/html", not application/json',
    ]);
  });
});

async function send(text: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(text);
  socket.resume();
  await once(socket, 'close');
}

const fails = (status: number, body: object) => (_request: unknown, response: Parameters<RequestListener>[1]) =>
  response.writeHead(status, HEADERS).end(JSON.stringify(body));
const aTest = () => ({ errors: [] as Error[] });

function finished() {
  const done = aTest();
  judge.handle({ name: 'test_done', test: done }, { unhandledErrors: [] });
  return done;
}

describe('a detected problem', () => {
  it('fails the running test and no other test', async () => {
    await serve(fails(409, {}));
    const [first, second] = [aTest(), aTest()];
    await get('/things/1');
    await get('/things/1');
    judge.handle({ name: 'test_done', test: first }, { unhandledErrors: [] });
    judge.handle({ name: 'test_done', test: second }, { unhandledErrors: [] });
    expect(first.errors.map(({ message }) => message)).toEqual([
      'Responses differ from the OpenAPI document:\n  - GET /things/1 → 409: the status 409 is not documented',
    ]);
    expect(second.errors).toEqual([]);
  });

  it('after the last test fails the file', async () => {
    await serve(fails(409, {}));
    await get('/things/1');
    const state = { unhandledErrors: [] };
    judge.handle({ name: 'run_finish' }, state);
    expect(state.unhandledErrors).toHaveLength(1);
  });

  it.each([
    ['as many as expected', 1, 1, []],
    ['one more than expected', 1, 2, ['GET /things/1 → 500: the server failed, and no test expects it']],
    ['one fewer than expected', 2, 1, ['1 expected server error(s) did not occur']],
  ])('depends on the expected number of server errors: %s', async (_what, expected, sent, problems) => {
    await serve(fails(500, { detail: 'Internal server error' }));
    judge.expectServerErrors(expected);
    for (let i = 0; i < sent; i++) await get('/things/1');
    const { errors } = finished();
    expect(errors.flatMap(({ message }) => message.split('\n  - ').slice(1))).toEqual(problems);
  });
});

it('documented responses that were never seen are listed', async () => {
  await serve(() => {});
  const seen = new Map([['GET /things 200', 1]]);
  const missing = neverSeen({ seen, documented: new Set(judge.documented) });
  expect(missing).toEqual([
    'DELETE /things/{id} 204',
    'GET /table 200',
    'GET /things/{id} 200',
    'GET /things/{id} 404',
    'POST /things 201',
    'POST /things 401',
    'POST /things 503',
  ]);
});
