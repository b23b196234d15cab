import { Agent, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { query } from '../support/database.js';
import { anItem, eventually, stockOf } from '../support/factories.js';
import { Actor, world } from '../support/world.js';

const REQUEST_TIMEOUT_SECONDS = '4';
/** Seconds per attempt of an order. A statement may take at most 1.5 s, but a retried transaction can take longer. */
const TRY_S = 1.15;

let user: Actor;
let app: RunningApp;

beforeAll(async () => {
  app = await startApp({ env: { REQUEST_TIMEOUT_SECONDS, LOG_LEVEL: 'info' } });
  user = (await world()).user.at(app.url);
  await query('create sequence tries');
  await query(`create function pause() returns trigger language plpgsql as $$ begin
    perform pg_sleep(${TRY_S});
    if nextval('tries') <= 3 then raise 'lost' using errcode = '40001'; end if; -- the last try would do
    return null;
  end $$`);
  await query(`create trigger pause after insert on orders for each row execute function pause()`);
});

beforeEach(() => query('alter sequence tries restart'));

const order = (item: { id: number }) => user.post('/orders', { item_id: item.id, quantity: 1 });

describe('a response that does not start in time', () => {
  it('is a 503, and the rest of the work of the handler has no effect', async () => {
    const item = await anItem({ stock: 5 });
    const answer = await order(item);
    expect([answer.status, answer.body]).toEqual([503, { detail: 'The request took too long, try again' }]);
    expect(answer.headers['retry-after']).toBe('1');
    await eventually(async () => (await idle()) || undefined);
    expect(await stockOf(item)).toBe(5);
    expect(await query('select 1 from orders where item_id = $1', [item.id])).toEqual([]);
  });

  it('leaves the idempotency key unused, so that a retry is processed as a new request', async () => {
    const item = await anItem({ stock: 5 });
    const keyed = () => order(item).set('Idempotency-Key', '"once"');
    expect((await keyed()).status).toBe(503);
    await eventually(async () => (await idle()) || undefined);
    expect(await stockOf(item)).toBe(5);
    await query('alter table orders disable trigger pause');
    const again = await keyed();
    await query('alter table orders enable trigger pause');
    expect([again.status, again.headers['idempotency-replayed'], await stockOf(item)]).toEqual([201, undefined, 4]);
  });

  it('keeps the connection of the client usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const item = await anItem();
    const slow = await sent(agent, 'POST', '/orders', { item_id: item.id, quantity: 1 });
    const { socket } = slow.req;
    const statuses = [slow.res.statusCode];
    for (let i = 0; i < 20; i++) {
      const next = await sent(agent, 'GET', '/items?limit=1');
      expect(next.req.socket).toBe(socket);
      statuses.push(next.res.statusCode);
      if (await idle()) break;
    }
    expect(statuses).toEqual([503, ...Array(statuses.length - 1).fill(200)]);
    agent.destroy();
  });
});

it('the deadline does not affect handlers that finish in time', async () => {
  for (let i = 0; i < 50; i++) expect((await user.get('/items')).status).toBe(200);
});

/** Returns whether the application has no open transactions. */
async function idle(): Promise<boolean> {
  const open = await query(
    `select 1 from pg_stat_activity where datname = current_database() and application_name = 'aerie' and xact_start is not null`,
  );
  return open.length === 0;
}

async function sent(agent: Agent, method: string, path: string, body?: object) {
  const headers = { Authorization: `Bearer ${user.token}`, 'Content-Type': 'application/json' };
  const req = request(app.url + path, { agent, method, headers }).end(body && JSON.stringify(body));
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  await res.resume().toArray();
  return { req, res };
}
