import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { anItem, eventually } from '../support/factories.js';
import { documenting, mayBeRefused, OPERATIONS, sampleOf, send } from '../support/operations.js';
import { whileLocked } from '../support/races.js';
import { raw, request as rawRequest } from '../support/raw.js';
import { type Actor, anon, world } from '../support/world.js';

const REFUSED = { detail: 'Server overloaded' };

let user: Actor;

beforeAll(async () => {
  ({ user } = await world());
});

/** Runs `work` while an order is in progress, which waits because its item is locked. */
async function amidOrder<T>(url: string, work: (item: { id: number }) => Promise<T>) {
  const item = await anItem({ stock: 100 });
  const begin = () => [order(user.at(url), item)];
  const { result, answers } = await whileLocked(`select from items where id = ${item.id} for update`, begin, () =>
    work(item),
  );
  return { result, status: answers[0]!.status };
}

const order = (actor: Actor, item: { id: number }) =>
  actor.post('/orders', { item_id: item.id, quantity: 1 }).then((answer) => answer);

describe('with one slot and no queue', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '0' } });
  });

  it.each(documenting(503).filter(([, operation]) => mayBeRefused(operation)))(
    '%s is refused before its caller and its body are checked',
    async (_key, operation) => {
      const sample = { ...sampleOf(operation), body: '{"broken', query: {} };
      const { result, status } = await amidOrder(app.url, () => send(anon.at(app.url), operation, sample));
      expect([result.status, result.body]).toEqual([503, REFUSED]);
      expect(result.headers['retry-after']).toMatch(/^[123]$/);
      expect(status).toBe(201);
    },
  );

  it('health checks are answered under any load', async () => {
    const vital = OPERATIONS.filter((operation) => !mayBeRefused(operation));
    expect(vital.map(({ key }) => key)).toEqual(['GET /health/live', 'GET /health/ready']);
    const { result } = await amidOrder(app.url, () => Promise.all(vital.map(({ path }) => anon.at(app.url).get(path))));
    expect(result.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('a refusal has the format that the client prefers, and CORS headers for a known origin', async () => {
    const { result } = await amidOrder(app.url, () =>
      anon.at(app.url).get('/').set({ Accept: 'application/problem+json', Origin: 'https://myapp.com' }),
    );
    expect(result.body).toMatchObject({ type: 'about:blank', title: 'Service Unavailable', status: 503, ...REFUSED });
    expect(result.headers).toMatchObject({
      'access-control-allow-origin': 'https://myapp.com',
      'x-content-type-options': 'nosniff',
    });
  });

  it('requests are served as soon as a slot is free, and a refused connection is kept open', async () => {
    const get = rawRequest('GET /');
    const { result } = await amidOrder(app.url, () => raw(get, 200, app.url));
    expect([result.status, result.closed]).toEqual([503, false]);
    expect((await user.at(app.url).get('/profile')).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await anon.at(app.url).get('/')).status).toBe(200);
  });

  it('a refusal is logged in one line, and not as an error', async () => {
    app.logs.length = 0;
    await amidOrder(app.url, () => anon.at(app.url).get('/items'));
    await eventually(async () => app.logs.length >= 2 || undefined);
    expect(app.logs.filter(({ route }) => route === '/items')).toMatchObject([{ level: 30, status: 503 }]);
    expect(app.logs.filter(({ level }) => Number(level) > 40)).toEqual([]);
  });

  it('a failed request frees its slot for the next request', async () => {
    for (let i = 0; i < 3; i++) expect((await anon.at(app.url).get('/profile')).status).toBe(401);
    for (let i = 0; i < 3; i++) expect((await anon.at(app.url).post('/users', {})).status).toBe(422);
    expect((await anon.at(app.url).get('/')).status).toBe(200);
  });
});

describe('a client that ignores Retry-After', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterAll(() => agent.destroy());

  const ask = (url: string, method: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request(url, { agent, method, headers: { 'Content-Type': 'application/json' } }, (answer) =>
        answer.resume().once('end', () => resolve(answer.statusCode!)),
      );
      asked.once('error', reject).end(method === 'POST' ? '{"email":' : '');
    });

  it.each([
    ['GET', '/', 200],
    ['POST', '/users', 422],
  ])('is answered with a delay, while other clients are served: %s %s', async (method, path, status) => {
    const app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '0' } });
    const refused = () => ask(app.url + path, method).then((heard) => ({ heard, began: performance.now() }));
    const {
      result: { heard: refusal, began },
    } = await amidOrder(app.url, refused);
    expect(refusal).toBe(503);
    const impatient = ask(app.url + path, method).then((heard) => ({ heard, ms: performance.now() - began }));
    expect((await anon.at(app.url).get('/')).status).toBe(200);
    const { heard, ms } = await impatient;
    expect(heard).toBe(status);
    expect(ms).toBeGreaterThan(500);
    expect(await ask(app.url + path, method)).toBe(status);
  });
});

describe('with one slot and a queue for one request', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '1' } });
  });

  it('the queued request is answered when the slot is free, and a second one is refused', async () => {
    const { result, status } = await amidOrder(app.url, async () => {
      const queued = user
        .at(app.url)
        .get('/profile')
        .then((answer) => answer);
      await sleep(100);
      expect((await anon.at(app.url).get('/')).status).toBe(503);
      return { queued };
    });
    expect(status).toBe(201);
    expect((await result.queued).body).toMatchObject({ email: user.email });
  });

  it('a request that has waited for too long is refused', async () => {
    const { result } = await amidOrder(app.url, () => anon.at(app.url).get('/'));
    expect([result.status, result.body]).toEqual([503, REFUSED]);
  });

  it('a queued request is not processed if its client disconnects', async () => {
    const { result } = await amidOrder(app.url, async (item) => {
      const sent = fetch(`${app.url}/orders`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${user.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ item_id: item.id, quantity: 7 }),
        signal: AbortSignal.timeout(150),
      });
      await expect(sent).rejects.toThrow('timeout');
      return item;
    });
    expect((await user.at(app.url).get('/profile')).status).toBe(200);
    expect(await query('select quantity from orders where item_id = $1', [result.id])).toEqual([{ quantity: 1 }]);
  });
});

describe('an export', () => {
  it('occupies no slot while it runs', async () => {
    const app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '0' } });
    const begin = () => [
      user
        .at(app.url)
        .get('/export')
        .then((answer) => answer.status),
    ];
    const { result, answers } = await whileLocked('lock table items in access exclusive mode', begin, () =>
      user.at(app.url).get('/profile'),
    );
    expect([result.status, answers]).toEqual([200, [200]]);
  });
});

describe('a slow client', () => {
  it('occupies no slot while it sends its body', async () => {
    const app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '0' } });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '50' };
    const slow = raw(rawRequest('POST /users', headers, '{"email":'), 600, app.url);
    await sleep(200);
    expect((await anon.at(app.url).get('/')).status).toBe(200);
    await slow;
    expect((await anon.at(app.url).get('/')).status).toBe(200);
  });
});
