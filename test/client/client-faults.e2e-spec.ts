import { randomInt } from 'node:crypto';
import { createClient, type AerieClient } from '../../client/dist/index.js';
import { freePort } from '../support/free-port.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, type Program } from '../support/processes.js';
import { PASSWORD, PASSWORD_HASH } from '../support/world.js';
import { FaultProxy, lots } from './fault-proxy.js';
import { emptyLedger, work, type Ledger } from './fault-workload.js';

// `npm run test:client` runs 10,000. SEED=… repeats the same faults.
const COUNT = Number(process.env['OPERATIONS'] ?? 160);
const SEED = Number(process.env['SEED'] ?? randomInt(1_000_000));
const CLIENTS = 8;
const KILL_EVERY = Math.min(COUNT, 400);
const DEADLINE_MS = 60_000;
/**
 * How much longer than its deadline a call may take. It only has to report the deadline, but the machine may be busy.
 */
const SLACK_MS = 2000;
const STOCK = 1_000_000;

import.meta.jest.setTimeout(Math.max(600_000, COUNT * 400));

let database: OwnDatabase;
let env: Record<string, string>;
let program: Program;
let proxy: FaultProxy;
let url: string;
let replays = 0;
let kills = 0;

beforeAll(async () => {
  database = await ownDatabase();
  const port = await freePort();
  env = { DATABASE_URL: database.url, DATA_DIR: aFolder(), PORT: String(port), ACCESS_TOKEN_MINUTES: '1' };
  await start();
  proxy = new FaultProxy(port, SEED);
  url = await proxy.start();
});

afterAll(() => proxy.stop());

async function start(): Promise<void> {
  program = aerie(env);
  await program.address();
}

async function killed(): Promise<void> {
  kills++;
  program.signalGroup('SIGKILL');
  await program.ended;
  await start();
}

const counting: typeof fetch = async (...request) => {
  const response = await fetch(...request);
  if (response.headers.has('Idempotency-Replayed')) replays++;
  return response;
};

async function aWorker(role: 'user' | 'admin'): Promise<{ client: AerieClient; id: number; email: string }> {
  const email = `${role}-${randomInt(2 ** 40)}@example.com`;
  const [row] = await database.query<{ id: number }>(
    'insert into users (email, name, role, password_hash) values ($1, $2, $3, $4) returning id',
    [email, 'Ann', role, PASSWORD_HASH],
  );
  const retries = { deadlineMs: DEADLINE_MS, attemptMs: 5000, maxPauseMs: 1000, budget: Infinity };
  const client = createClient({ baseUrl: url, retries, fetch: counting });
  await client.auth.signIn({ username: email, password: PASSWORD });
  return { client, id: row!.id, email };
}

async function anItem(stock: number): Promise<number> {
  const [row] = await database.query<{ id: number }>(
    `insert into items (name, price_cents, stock) values ('Faults', 100, $1) returning id`,
    [stock],
  );
  return row!.id;
}

it(`${COUNT} operations of the client each take effect exactly once despite network faults and server crashes (seed ${SEED})`, async () => {
  const began = performance.now();
  const items = { ordered: await anItem(STOCK), counter: await anItem(0) };
  const { client: admin } = await aWorker('admin');
  const ledgers = new Map<number, Ledger>();
  let done = 0;
  let killing = Promise.resolve();
  const working = Array.from({ length: CLIENTS }, async (_, i) => {
    const { client, id, email } = await aWorker('user');
    const ledger = emptyLedger();
    ledgers.set(id, ledger);
    const lot = lots(`${SEED} of ${i}`);
    while (done < COUNT) {
      const isTime = done++ % KILL_EVERY === Math.floor(KILL_EVERY / 2);
      if (isTime) killing = killing.then(killed);
      await work({ client, admin, email, ledger, lot, items });
    }
  });
  await Promise.all(working);
  await killing;
  await verify(ledgers, items);
  const all = [...ledgers.values()];
  const longestMs = Math.max(...all.map((ledger) => ledger.longestMs));
  const report = { ...proxy.counts, kills, replays, signIns: sum(all.map(({ signIns }) => signIns)) };
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if ('OPERATIONS' in process.env)
    console.log(
      `${COUNT} operations, seed ${SEED}, ${seconds} s, longest ${longestMs.toFixed(0)} ms: ${JSON.stringify(report)}`,
    );
  expect(longestMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
  for (const times of Object.values({ ...proxy.counts, kills, replays })) expect(times).toBeGreaterThan(0);
});

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

/** Checks that the database has what the ledgers say, and nothing else. */
async function verify(ledgers: Map<number, Ledger>, items: { ordered: number; counter: number }): Promise<void> {
  for (const [id, { orders, posts }] of ledgers) {
    const inBooks = await database.query<{ id: number; status: string }>(
      'select id, status from orders where user_id = $1 order by id',
      [id],
    );
    const asked = [...orders].toSorted(([a], [b]) => a - b);
    expect(inBooks).toEqual(asked.map(([order, isPaid]) => ({ id: order, status: isPaid ? 'paid' : 'new' })));
    const stored = await database.query<{ id: number; body: string }>('select id, body from posts where user_id = $1', [
      id,
    ]);
    const kept = [...posts].filter(([, body]) => body !== undefined);
    expect(new Map(stored.map((post) => [post.id, post.body]))).toEqual(new Map(kept));
  }
  const stocks = await database.query<{ id: number; stock: number }>('select id, stock from items where id = any($1)', [
    [items.ordered, items.counter],
  ]);
  const all = [...ledgers.values()];
  const byId = new Map(stocks.map(({ id, stock }) => [id, stock]));
  expect(byId.get(items.ordered)).toBe(STOCK - sum(all.map(({ pieces }) => pieces)));
  expect(byId.get(items.counter)).toBe(sum(all.map(({ counted }) => counted)));
}
