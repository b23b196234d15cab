import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { MANY_ORDERS } from '../support/big-export.js';
import { Download } from '../support/download.js';
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, elapsed, Program } from '../support/processes.js';
import { WAITING } from '../support/races.js';
import { request } from '../support/raw.js';
import { Actor, PASSWORD_HASH, signIn } from '../support/world.js';

/** Enough for a busy machine, and much shorter than the other waiting times in this file. */
const PROMPTLY_MS = 5000;
const LONG_MS = '30000';

let endless: { program: Program; took: Promise<number> };
let database: OwnDatabase;

beforeAll(async () => {
  const program = new Program(process.execPath, ['test/process/endless-ending.mjs'], {});
  await program.says(/is there/);
  program.signal('SIGTERM');
  endless = { program, took: elapsed(program.ended) };
  database = await ownDatabase();
  await database.query(`insert into items (name, price_cents, stock) values ('Lamp', 100, 10)`);
  await database.query(
    `insert into users (id, email, name, password_hash, role) values (1, 'ann@example.com', 'Ann', $1, 'admin')`,
    [PASSWORD_HASH],
  );
});

async function serving(env: Record<string, string>): Promise<{ app: Program; api: string }> {
  const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, ...env });
  return { app, api: await app.address() };
}

/** Sends a request on a new connection, like a load balancer or a new client. Undefined if it is refused. */
const get = (api: string, path: string) =>
  fetch(api + path, { headers: { Connection: 'close' } }).then(
    async (answer) => ({ status: answer.status, body: await answer.text() }),
    () => undefined,
  );

const stopping = { status: 503, body: '{"detail":"Not ready: the server is stopping"}' };
const isNotReady = (api: string) =>
  eventually(async () => (await get(api, '/health/ready'))?.body === stopping.body || undefined);
const isClosed = (api: string) => eventually(async () => ((await get(api, '/')) === undefined ? true : undefined));

describe('SIGTERM', () => {
  it('fails the readiness check first, while requests are served for PRE_STOP_MS', async () => {
    const { app, api } = await serving({ PRE_STOP_MS: '5000' });
    const ann = new Actor(1, 'ann@example.com', (await signIn('ann@example.com', undefined, api)).access_token, api);
    app.signal('SIGTERM');
    const took = elapsed(app.ended);
    await isNotReady(api);
    expect((await get(api, '/health/live'))?.status).toBe(200);
    expect((await ann.post('/api/v1/posts', { title: 'Late', body: 'but not too late' })).status).toBe(201);
    expect(await get(api, '/health/ready')).toEqual(stopping);
    await isClosed(api);
    expect(await app.ended).toBe(0);
    expect(await took).toBeGreaterThanOrEqual(5000);
    expect(await database.query(`select from posts where title = 'Late'`)).toHaveLength(1);
  });

  it('fails the readiness check of every worker', async () => {
    const { app, api } = await serving({ PRE_STOP_MS: '10000', WORKERS: '2' });
    app.signal('SIGTERM');
    await isNotReady(api);
    await sleep(2000); // until the other worker also knows
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(api, '/health/ready')));
    for (const answer of answers) expect(answer).toEqual(stopping);
    expect((await get(api, '/items'))?.status).toBe(200);
    expect(await app.ended).toBe(0);
  });

  it('ends the application immediately if it is sent again during PRE_STOP_MS', async () => {
    const { app, api } = await serving({ PRE_STOP_MS: LONG_MS, WORKERS: '2' });
    app.signal('SIGTERM');
    const since = performance.now();
    await isNotReady(api);
    while (performance.now() - since < 700) await get(api, '/'); // a signal sooner than this counts as the same one
    app.signal('SIGTERM');
    expect(await elapsed(app.ended)).toBeLessThan(PROMPTLY_MS);
    expect(await app.ended).toBe(1);
    await isClosed(api);
  });

  it('waits for a request with an idempotency key, whose response is replayed after the next start', async () => {
    const DATA_DIR = aFolder();
    const first = await serving({ DATA_DIR });
    const { access_token } = await signIn('ann@example.com', undefined, first.api);
    const order = (api: string) =>
      new Actor(1, 'ann@example.com', access_token, api)
        .post('/orders', { item_id: 1, quantity: 1 })
        .set('Idempotency-Key', 'once');
    const release = await database.hold('orders');
    const inFlight = order(first.api).then((answer) => answer);
    await eventually(async () => (await database.query(WAITING)).length > 0 || undefined);
    first.app.signal('SIGTERM');
    await isClosed(first.api);
    await release();
    const { status, text } = await inFlight;
    expect([status, await first.app.ended]).toEqual([201, 0]);
    const second = await serving({ DATA_DIR });
    const again = await order(second.api);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, text, 'true']);
    expect(await database.query('select stock from items where id = 1')).toEqual([{ stock: 9 }]);
  });

  it('aborts a request that takes longer than ten seconds, with exit code 1', async () => {
    const { app, api } = await serving({});
    const { access_token } = await signIn('ann@example.com', undefined, api);
    const { hostname, port } = new URL(api);
    const sender = connect(Number(port), hostname).on('error', () => {});
    const head = {
      Authorization: `Bearer ${access_token}`,
      'Content-Type': 'text/csv',
      'Transfer-Encoding': 'chunked',
    };
    sender.write(request('POST /users/import', head)); // and never send a row
    expect((await get(api, '/'))?.status).toBe(200); // by now the server has received the upload
    app.signal('SIGTERM');
    const [took] = await Promise.all([elapsed(app.ended), once(sender, 'close')]);
    expect(await app.ended).toBe(1);
    expect(took).toBeGreaterThan(9000);
    expect(took).toBeLessThan(18_000);
  });

  it('aborts a download that takes longer than ten seconds, with exit code 0 and no error in the log', async () => {
    await database.query(MANY_ORDERS, [1, 200]); // 100 MB
    const { app, api } = await serving({});
    const ann = new Actor(1, 'ann@example.com', (await signIn('ann@example.com', undefined, api)).access_token, api);
    const download = await Download.start(ann, '/export', {}, api);
    expect([download.answer.statusCode, (await download.first()).length > 0]).toEqual([200, true]);
    app.signal('SIGTERM');
    expect(await elapsed(app.ended)).toBeGreaterThan(9000);
    expect(await app.ended).toBe(0);
    await expect(download.text()).rejects.toThrow('aborted');
    expect(app.output).not.toMatch(/"level":"?(error|50)/);
  });
});

it('Ctrl-C ends the application without waiting for load balancers', async () => {
  const { app } = await serving({ PRE_STOP_MS: LONG_MS });
  app.signalGroup('SIGINT');
  expect(await elapsed(app.ended)).toBeLessThan(PROMPTLY_MS);
  expect(await app.ended).toBe(0);
});

it('a shutdown that does not finish is aborted 30 seconds after the signal, with exit code 1', async () => {
  const { program, took } = endless;
  expect(await program.ended).toBe(1);
  expect(await took).toBeGreaterThan(28_000);
  expect(program.output).toContain('Shutdown took too long: open requests and jobs are aborted');
});
