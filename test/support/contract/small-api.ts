import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const json = (schema: object) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const stamped = {
  'X-Process-Time': { schema: { type: 'number' } },
  'X-Request-ID': { schema: { type: 'string' } },
};
const notFound = { description: 'No.', headers: stamped, content: json(ref('HTTPError')) };

/** A document with one example of each feature that the checker supports. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Small', version: '1' },
  paths: {
    '/things': {
      get: {
        responses: {
          200: {
            description: 'All.',
            headers: { ...stamped, Link: { $ref: '#/components/headers/Link' } },
            content: json({ type: 'array', items: ref('Thing'), maxItems: 2 }),
          },
        },
      },
      post: {
        responses: {
          201: {
            description: 'Made.',
            headers: { ...stamped, Location: { schema: { type: 'string', pattern: '^/things/' } } },
            content: json(ref('Thing')),
          },
          401: {
            description: 'Who?',
            headers: { ...stamped, 'WWW-Authenticate': { schema: { type: 'string' } } },
            content: json(ref('HTTPError')),
          },
          503: {
            description: 'Later.',
            headers: { ...stamped, 'Retry-After': { schema: { type: 'integer' } } },
            content: json(ref('HTTPError')),
          },
        },
      },
    },
    '/things/{id}': {
      get: {
        responses: { 200: { description: 'One.', headers: stamped, content: json(ref('Thing')) }, 404: notFound },
      },
      delete: { responses: { 204: { description: 'Gone.', headers: stamped } } },
    },
    '/table': {
      get: {
        responses: {
          200: { description: 'CSV.', headers: stamped, content: { 'text/csv': { schema: { type: 'string' } } } },
        },
      },
    },
  },
  components: {
    headers: { Link: { schema: { type: 'string' } } },
    schemas: {
      HTTPError: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
      Owner: {
        type: 'object',
        required: ['email'],
        properties: { email: { type: 'string', format: 'email' }, password: { type: 'string', writeOnly: true } },
      },
      Thing: {
        type: 'object',
        required: ['id', 'made_at', 'note', 'kind', 'facts', 'tags', 'owner', 'good'],
        properties: {
          id: { type: 'integer', format: 'int32', minimum: 1 },
          made_at: { type: 'string', format: 'date-time' },
          note: { type: ['string', 'null'], maxLength: 5 },
          kind: { type: 'string', enum: ['a', 'b'] },
          facts: { type: 'object', additionalProperties: { type: 'string' } },
          tags: { type: 'array', items: { type: 'string' } },
          owner: { anyOf: [ref('Owner'), { type: 'null' }] },
          good: { type: 'boolean' },
        },
      },
    },
  },
};

export const thing = () => ({
  id: 1,
  made_at: '2026-01-31T09:30:00.000Z' as unknown,
  note: null as unknown,
  kind: 'a',
  facts: { any: 'thing' } as unknown,
  tags: ['x'] as unknown,
  owner: { email: 'ann@example.com' } as unknown,
  good: true,
});

/** The headers of every answer of the application. */
export const HEADERS: Record<string, string> = {
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  vary: 'Origin',
  'x-process-time': '0.000123',
  'x-request-id': '6a5a6182',
  'server-timing': 'app;dur=0.1, db;dur=0.0',
};

/** Starts a server that answers each request with the answer last passed to `next`. */
export async function smallServer(): Promise<{ server: Server; url: string; next: (answer: Answer) => void }> {
  let answer: Answer | undefined;
  const respond = (_request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = answer!;
    response.writeHead(status, headers);
    if (body === undefined) response.end();
    else response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
  const server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, next: (given) => (answer = given) };
}
