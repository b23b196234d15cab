import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, type Program } from '../support/processes.js';
import { WAITING } from '../support/races.js';
import { Actor, PASSWORD_HASH, signIn } from '../support/world.js';

const EMAIL = 'ann@example.com';
let database: OwnDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await ownDatabase();
  env = { DATABASE_URL: database.url, DATA_DIR: aFolder() };
  await database.query('insert into users (id, email, name, password_hash) values (1, $1, $2, $3)', [
    EMAIL,
    'Ann',
    PASSWORD_HASH,
  ]);
  await database.query(`insert into items (id, name, stock, price_cents) values (1, 'Lamp', 100, 250)`);
});

const books = async () => {
  const [row] = await database.query<{ stock: number; orders: number; jobs: number; keys: number }>(
    `select (select stock from items), (select count(*)::int from orders) as orders,
       (select count(*)::int from pgboss.job where name = 'order-confirmation') as jobs,
       (select count(*)::int from idempotency_keys) as keys`,
  );
  return row!;
};

async function started(): Promise<{ program: Program; order: (key: string) => Promise<Answered> }> {
  const program = aerie(env);
  const url = await program.address();
  const { access_token } = await signIn(EMAIL, undefined, url);
  const ann = new Actor(1, EMAIL, access_token, url);
  const order = async (key: string) => {
    const { status, headers } = await ann.post('/orders', { item_id: 1, quantity: 1 }).set('Idempotency-Key', key);
    return { status, replayed: (headers as Record<string, string>)['idempotency-replayed'] };
  };
  return { program, order };
}

interface Answered {
  readonly status: number;
  readonly replayed: string | undefined;
}

async function kill(program: Program): Promise<void> {
  program.signalGroup('SIGKILL');
  await program.ended;
}

it('a crash before the commit leaves no changes, and a retry with the same key succeeds', async () => {
  const { program, order } = await started();
  const before = await books();
  const release = await database.hold('orders');
  const lost = order('before').catch(() => 'no answer');
  await eventually(async () => ((await database.query(WAITING)).length > 0 ? true : undefined));
  await kill(program);
  await release();
  expect(await lost).toBe('no answer');
  expect(await books()).toEqual(before);
  const next = await started();
  expect(await next.order('before')).toEqual({ status: 201, replayed: undefined });
  const after = { stock: before.stock - 1, orders: before.orders + 1, jobs: before.jobs + 1, keys: before.keys + 1 };
  expect(await books()).toEqual(after);
  await kill(next.program);
});

it('a crash right after the commit loses no changes, and a retry with the same key gets the stored response', async () => {
  for (const key of ['after-1', 'after-2', 'after-3']) {
    const { program, order } = await started();
    const before = await books();
    const lost = order(key).catch(() => 'no answer');
    const committed = () => database.query('select 1 from idempotency_keys where key = $1', [key]);
    while ((await committed()).length === 0);
    await kill(program);
    await lost;
    const after = { stock: before.stock - 1, orders: before.orders + 1, jobs: before.jobs + 1, keys: before.keys + 1 };
    expect(await books()).toEqual(after);
    const next = await started();
    expect(await next.order(key)).toEqual({ status: 201, replayed: 'true' });
    expect(await books()).toEqual(after);
    await kill(next.program);
  }
});
