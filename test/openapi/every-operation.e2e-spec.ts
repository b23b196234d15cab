import { randomUUID } from 'node:crypto';
import { Door } from '../support/door.js';
import {
  documenting,
  needsDatabase,
  OPERATIONS,
  sampleOf,
  send,
  takesKey,
  type Operation,
  type Sample,
} from '../support/operations.js';
import { idsFor } from '../support/subjects.js';
import { Actor, anon, signIn, world } from '../support/world.js';

let user: Actor;
let admin: Actor;
let ids: Record<string, unknown>;

beforeAll(async () => {
  ({ user, admin } = await world());
  const { refresh_token } = await signIn(user.email);
  ids = { refresh_token, ...(await idsFor(user)) };
});

const takesBody = ({ requestBody }: Operation) => requestBody !== undefined;
const takesJson = ({ requestBody }: Operation) =>
  requestBody !== undefined && 'application/json' in requestBody.content;
/** Uploads have their own size limit; see test/imports/user-import.e2e-spec.ts. */
const takesUpload = ({ requestBody }: Operation) => requestBody !== undefined && 'text/csv' in requestBody.content;
const isOpen = ({ security = [] }: Operation) => security.length === 0;

it('the document has more than 30 operations', () => {
  expect(OPERATIONS.length).toBeGreaterThan(30);
});

describe('401', () => {
  it('is documented for every operation that requires a token', () => {
    const documented = new Set(documenting(401).map(([key]) => key));
    const locked = OPERATIONS.filter((operation) => !isOpen(operation)).map(({ key }) => key);
    expect([...documented]).toEqual(expect.arrayContaining(locked));
  });

  it.each(documenting(401).filter(([, operation]) => !isOpen(operation)))(
    '%s without a token',
    async (_key, operation) => {
      const answer = await send(anon, operation, sampleOf(operation, ids));
      expect([answer.status, answer.body]).toEqual([401, { detail: 'Not authenticated' }]);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    },
  );

  it.each(documenting(401).filter(([key]) => key !== 'POST /auth/token'))(
    '%s with an invalid token',
    async (_key, operation) => {
      const somebody = new Actor(0, '', 'no.real.token');
      if (operation.key === 'POST /auth/refresh') return;
      const answer = await send(somebody, operation, sampleOf(operation, ids));
      expect([answer.status, answer.body]).toEqual([401, { detail: 'Could not validate credentials' }]);
    },
  );

  it.each(OPERATIONS.filter(isOpen).map((operation) => [operation.key, operation] as const))(
    '%s is public and requires no token',
    async (_key, operation) => {
      const sample = sampleOf(operation, { ...ids, email: 'open@example.com', username: user.email });
      const { status, body } = await send(anon, operation, sample);
      expect([status, body]).not.toEqual([401, { detail: 'Not authenticated' }]);
    },
  );
});

it.each(documenting(403).filter(([, { description }]) => description.includes('**Access:** users with the role ')))(
  '403: %s without the required role',
  async (_key, operation) => {
    const answer = await send(user, operation, sampleOf(operation, ids));
    expect([answer.status, answer.body]).toEqual([403, { detail: 'Not enough permissions' }]);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
  },
);

/** Returns an id of the same type that no row has. */
const unused = (id: unknown) => (typeof id === 'number' ? 2_147_483_647 : randomUUID());

it.each(documenting(404).filter(([key]) => key.includes('{')))('404: %s with unknown ids', async (_key, operation) => {
  const nowhere = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, unused(id)]));
  const sample = { ...sampleOf(operation, ids), path: sampleOf(operation, nowhere).path };
  expect((await send(admin, operation, sample)).status).toBe(404);
});

/** Returns a request with an error in its path, else in its body, else in its query. */
function spoilt(operation: Operation): Sample {
  const { parameters = [], path } = operation;
  const sample = sampleOf(operation, ids);
  if (path.includes('{')) return { ...sample, path: path.replaceAll(/\{\w+\}/g, 'no%20id') };
  if (takesBody(operation)) return { ...sample, body: takesJson(operation) ? [] : 'username=ann' };
  return { ...sample, query: Object.fromEntries(parameters.map(({ name }) => [name, ''])) };
}

/** Returns whether the operation has input other than headers. */
const takesInput = ({ parameters = [], requestBody }: Operation) =>
  requestBody !== undefined || parameters.some((one) => one.in !== 'header');

describe('422', () => {
  const spoilable = documenting(422).filter(([, operation]) => takesInput(operation));

  it('is documented for exactly the operations that accept input', () => {
    const taking = OPERATIONS.filter((operation) => takesInput(operation) || takesKey(operation));
    expect(documenting(422).map(([key]) => key)).toEqual(taking.map(({ key }) => key));
  });

  it.each(spoilable)('%s with invalid input', async (_key, operation) => {
    const sample = spoilt(operation);
    const answer = await send(admin, operation, sample);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: expect.any(String), loc: expect.any(Array) })]),
    );
  });

  it.each(spoilable)('%s with invalid input for a client that prefers problem details', async (_key, operation) => {
    const sample = spoilt(operation);
    const answer = await send(admin, operation, sample).accept('application/problem+json');
    expect([answer.status, answer.headers['content-type']]).toEqual([422, 'application/problem+json']);
  });
});

describe('a request body', () => {
  const bodies = OPERATIONS.filter(takesBody).map((operation) => [operation.key, operation] as const);

  it('has 413 and 415 documented exactly where it is accepted', () => {
    const keys = bodies.map(([key]) => key);
    for (const status of [413, 415]) {
      const documented = documenting(status).map(([key]) => key);
      expect([status, documented]).toEqual([status, keys]);
    }
    const others = documenting(400).filter(([, { requestBody }]) => requestBody === undefined);
    expect(others.filter(([, operation]) => !takesKey(operation))).toEqual([]); // a malformed key is also a 400
  });

  it('has 400 documented wherever it is accepted', () => {
    expect(documenting(400).map(([key]) => key)).toEqual(expect.arrayContaining(bodies.map(([key]) => key)));
  });

  it.each(bodies.filter(([, operation]) => !takesUpload(operation)))(
    '413: %s accepts at most 100 kB',
    async (_key, operation) => {
      const sample = { ...sampleOf(operation, ids), body: `"${'x'.repeat(100_000)}"` };
      expect((await send(admin, operation, sample)).status).toBe(413);
    },
  );

  it.each(bodies)('415: %s accepts no compressed body', async (_key, operation) => {
    const answer = await send(admin, operation, sampleOf(operation, ids)).set('Content-Encoding', 'gzip');
    expect(answer.status).toBe(415);
  });

  it.each(bodies.filter(([, operation]) => takesJson(operation)))(
    '415: %s accepts only JSON',
    async (_key, operation) => {
      const answer = await send(admin, operation, { ...sampleOf(operation, ids), type: 'text/plain', body: '{}' });
      expect([answer.status, answer.body]).toEqual([415, { detail: 'Send the body as application/json' }]);
    },
  );

  it.each(bodies.filter(([, operation]) => takesJson(operation)))(
    '400: %s accepts only UTF-8',
    async (_key, operation) => {
      const sample = sampleOf(operation, ids);
      const request = admin.send(operation.method, sample.path).type('json');
      const answer = await request.serialize((body) => body as never).send(Buffer.from([0x22, 0xff, 0x22]) as never);
      expect([answer.status, answer.body]).toEqual([400, { detail: 'There was an error parsing the body' }]);
    },
  );

  it('400: a form may have at most 1,000 fields', async () => {
    const answer = await anon.post('/auth/token').type('form').send('a=1&'.repeat(1001));
    expect(answer.status).toBe(400);
  });
});

describe('without the database', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const door = await Door.open();
    app = await startApp({ env: { DATABASE_URL: door.url, LOG_LEVEL: 'silent' } });
    door.close();
  });

  it.each(documenting(503).filter(([, one]) => needsDatabase(one)))('503: %s', async (_key, operation) => {
    const sample = sampleOf(operation, { ...ids, email: 'later@example.com' });
    const answer = await send(admin.at(app.url), operation, sample);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it.each(OPERATIONS.filter((one) => !needsDatabase(one)).map((one) => [one.key, one] as const))(
    '%s still works',
    async (_key, operation) => {
      expect((await send(anon.at(app.url), operation, sampleOf(operation))).status).toBe(200);
    },
  );
});
