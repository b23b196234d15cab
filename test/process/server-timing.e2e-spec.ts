import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { needsDatabase, OPERATIONS, send, type Operation } from '../support/operations.js';
import { anOwner, rolesOf, subjectOf } from '../support/subjects.js';
import type { Actor } from '../support/world.js';

const HELD_MS = 300;

let customer: Actor;
let admin: Actor;

beforeAll(async () => {
  [customer, admin] = await Promise.all([anOwner('user', 3), anOwner('admin')]);
});

/** Returns the milliseconds of `Server-Timing`: in total, and for SQL. */
function timingOf({ headers }: { headers: Record<string, string> }): { app: number; db: number } {
  const [, app, db] = /^app;dur=(\d+\.\d), db;dur=(\d+\.\d)$/.exec(headers['server-timing'] ?? '') ?? [];
  expect([headers['server-timing'], app, db]).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
  return { app: Number(app), db: Number(db) };
}

async function ask(operation: Operation, owner = customer) {
  const caller = rolesOf(operation)[0] === 'admin' ? admin : owner;
  const answer = await send(caller, operation, await subjectOf(operation, owner));
  expect(`${answer.status} ${answer.text}`).toMatch(/^20[014] /);
  return timingOf(answer);
}

const byId = (id: string) => OPERATIONS.find(({ operationId }) => operationId === id)!;
const CASES = OPERATIONS.map((operation) => [operation.key, operation] as const);

describe('Server-Timing', () => {
  it.each(CASES.filter(([, operation]) => needsDatabase(operation)))(
    'contains the SQL time of %s',
    async (_key, operation) => {
      const { app, db } = await ask(operation, await anOwner());
      expect(db).toBeGreaterThan(0);
      expect(db).toBeLessThanOrEqual(app);
    },
  );

  it.each(CASES.filter(([, operation]) => !needsDatabase(operation)))(
    'contains no SQL time for %s',
    async (_key, operation) => {
      expect((await ask(operation)).db).toBe(0);
    },
  );

  it('is also sent with errors, including their SQL time', async () => {
    const unknown = timingOf(await customer.get('/nowhere'));
    expect(unknown.db).toBe(0);
    expect(timingOf(await customer.get('/orders/2147483647')).db).toBeGreaterThan(0);
  });
});

describe('the wait for a locked table', () => {
  it.each(['listOrders', 'getDashboard', 'placeOrder', 'payOrder', 'exportOrders', 'analyseSales', 'deleteUser'])(
    'counts once as SQL time: %s',
    async (id) => {
      const operation = byId(id);
      const owner = await anOwner();
      const sample = await subjectOf(operation, owner);
      const holder = new pg.Client({ connectionString: databaseUrl });
      await holder.connect();
      try {
        await holder.query('begin; lock table orders in access exclusive mode');
        const asked = send(owner, operation, sample).then((answer) => answer);
        await sleep(HELD_MS);
        await holder.query('commit');
        const { app, db } = timingOf(await asked);
        expect(db).toBeGreaterThanOrEqual(HELD_MS * 0.8);
        expect(db).toBeLessThanOrEqual(app);
      } finally {
        await holder.end();
      }
    },
  );
});
