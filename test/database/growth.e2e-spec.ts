import { query } from '../support/database.js';
import { fill, FIRST_ID, FULL } from '../support/large-data.js';
import { needsDatabase, OPERATIONS, send } from '../support/operations.js';
import { Plan, tellPlans } from './plans.js';
import { middlesOf, probesOf, ROUNDS, VALUES, valuesOf } from './probes.js';
import { anOwner, holdJobs, rolesOf, subjectOf } from '../support/subjects.js';
import type { Actor } from '../support/world.js';
import { Wiretap } from '../support/wiretap.js';

/** The most rows that a statement may read: a twentieth of the smallest table. */
const MOST_ROWS = 1000;

/** The operations that may read all or most of a table, and why. */
const JUSTIFIED: Readonly<Record<string, string>> = {
  'GET /export as admin': 'all orders are what is asked for',
  'GET /process as user': 'it is about all orders, the newest 200,000 at most, in a thread of its own',
  'GET /process as admin': 'it is about all orders, the newest 200,000 at most, in a thread of its own',
};

/** Parameters that do not affect the query, only the format of the rows. */
const WITHOUT_EFFECT = new Set(['bom']);

let tap: Wiretap;
let app: RunningApp;
let customer: Actor;
let admin: Actor;
const sizes: { dashboard: Plan[]; export: Plan[] }[] = [];

const plansOf = async (work: () => PromiseLike<{ status: number; text: string }>): Promise<Plan[]> => {
  const { answer, notices } = await tap.during(work);
  expect(`${answer.status} ${answer.text}`).toMatch(/^20[014] /);
  return Plan.among(notices);
};

const get = (actor: Actor, path: string) => plansOf(() => actor.at(app.url).get(path));

/** Returns the pages that the list itself reads of its table and index, without the query for the session. */
async function pagesOf(path: string): Promise<number> {
  const plans = (await get(admin, path)).filter(({ statement }) => statement.includes('"orders"'));
  return sum(plans.map(({ pagesRead }) => pagesRead));
}

const counted = async (path: string) =>
  (await get(admin, path)).filter(({ statement }) => statement.includes('count(*)'));

const bothOf = async () => ({
  dashboard: await get(customer, `/dashboard?user_id=${customer.id}`),
  export: await get(customer, '/export'),
});

/** Records what one customer's dashboard and export read with a tenth of the other rows, and with all of them. */
beforeAll(async () => {
  await holdJobs();
  await tellPlans();
  tap = await Wiretap.start();
  app = await startApp({ env: { DATABASE_URL: tap.url, DATABASE_POOL_SIZE: '1', DATABASE_POOL_OVERFLOW: '0' } });
  customer = await anOwner('user', 10);
  admin = await anOwner('admin');
  for (const [from, to] of [
    [0, 0.1],
    [0.1, 1],
  ] as const) {
    await fill(from, to);
    for (let i = 0; i < ROUNDS; i++) await bothOf();
    sizes.push(await bothOf());
  }
});

afterAll(() => tap.stop());

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const CASES = OPERATIONS.filter(needsDatabase).flatMap((operation) =>
  rolesOf(operation).map((role) => [`${operation.key} as ${role}`, operation, role] as const),
);
const READS = CASES.filter(([name, { method }]) => method === 'get' && !(name in JUSTIFIED));
const WRITES = CASES.filter(([, { method }]) => method !== 'get');

/** Returns the statements that read too much, as sentences. */
function faultsOf(plans: readonly Plan[], what: string): string[] {
  return plans.flatMap((plan) => [
    ...plan.sequential.filter((table) => table in FULL).map((table) => `${what} reads all ${table}: ${plan.statement}`),
    ...(plan.rowsRead > MOST_ROWS ? [`${what} looks at ${plan.rowsRead} rows: ${plan.statement}`] : []),
  ]);
}

describe(`with ${FULL.orders} orders of ${FULL.users} accounts`, () => {
  it('every query parameter in the OpenAPI document is tested', () => {
    const parameters = OPERATIONS.filter(({ method }) => method === 'get').flatMap((one) => one.parameters ?? []);
    const inQuery = parameters.filter((parameter) => parameter.in === 'query');
    const untried = inQuery.filter(
      (one) => !one.required && valuesOf(one).length === 0 && !WITHOUT_EFFECT.has(one.name),
    );
    expect(
      untried.map(({ name }) => `${name}: give it an @example, or say values in "filters" of its resource`),
    ).toEqual([]);
    expect(Object.keys(VALUES).filter((name) => !inQuery.some((one) => one.name === name))).toEqual([]);
    expect(Object.keys(JUSTIFIED).filter((name) => !CASES.some(([known]) => known === name))).toEqual([]);
  });

  it('a list is counted only if the request asks for it', async () => {
    expect(await counted('/orders?status=paid&sort=-created_at')).toEqual([]);
    expect(await counted('/orders?count=false&limit=1')).toEqual([]);
    expect(await counted('/orders?count=true&limit=1')).toHaveLength(1);
  });

  it('repeated searches for a long text never switch to a plan that reads the whole table', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const plans = await get(admin, '/users?search=a%20long%20text%20that%20nobody%20has%20at%20all%2C%20really');
      expect(faultsOf(plans, `round ${round}`)).toEqual([]);
    }
  });

  it.each(READS)(
    '%s uses indexes, whatever its parameters',
    async (_name, operation, role) => {
      const sample = await subjectOf(operation, customer);
      const faults = new Set<string>();
      let plans = 0;
      const actor = (role === 'admin' ? admin : customer).at(app.url);
      for (const probe of [...probesOf(operation, sample), ...(await middlesOf(operation, sample, actor.get))]) {
        const found = await plansOf(() => send(actor, operation, probe));
        for (const fault of faultsOf(found, JSON.stringify(probe.query))) faults.add(fault);
        plans += found.length;
      }
      expect([...faults]).toEqual([]);
      expect(plans).toBeGreaterThan(0);
    },
    120_000,
  );

  it.each(WRITES)('%s uses indexes, also for foreign key checks', async (_name, operation, role) => {
    const owner = await anOwner('user', 10);
    const sample = await subjectOf(operation, owner);
    const plans = await plansOf(() => send((role === 'admin' ? admin : owner).at(app.url), operation, sample));
    expect(faultsOf(plans, 'it')).toEqual([]);
    expect(plans.length).toBeGreaterThan(0);
  });

  const searched = OPERATIONS.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'search'))
    .map(({ path }) => path)
    .filter((path) => !path.includes('{'));

  it.each(['q~', 'Иван'].flatMap((text) => searched.map((path) => [path, text] as const)))(
    'GET %s?search=%s, a text without trigrams or matches, reads the rows in primary key order',
    async (path, text) => {
      const asked = await get(admin, `${path}?search=${encodeURIComponent(text)}`);
      const plans = asked.filter(({ rowsRead }) => rowsRead > MOST_ROWS);
      const indexes = [[expect.stringMatching(/^\w+_pkey$/) as string]];
      expect(plans.map((plan) => [plan.sequential, plan.indexes])).toEqual([[[], ...indexes]]);
    },
  );

  it('a search uses the index even after many writes since the last vacuum', async () => {
    await query(
      `insert into items (name, stock, price_cents) select 'Later ' || md5(i::text), 1, 1 from generate_series(1, 3000) i`,
    );
    expect(faultsOf(await get(admin, '/items?search=Nobody'), 'it')).toEqual([]);
  });

  it('a page by number reads all rows before it in index order', async () => {
    const plans = (await get(admin, '/users?page=150&limit=100')).filter(({ rowsRead }) => rowsRead > MOST_ROWS);
    expect(plans.map(({ sequential }) => sequential)).toEqual([[]]);
    expect(plans[0]!.rowsRead).toBeGreaterThanOrEqual(14_900);
  });

  it('page 50,000 by its link costs about as much as the first page', async () => {
    const [first, last] = [
      await pagesOf('/orders?limit=4'),
      await pagesOf(`/orders?limit=4&after=${FIRST_ID + 199_990}.199990`),
    ];
    expect(first).toBeGreaterThan(0);
    expect(last).toBeLessThanOrEqual(first * 1.1);
  });
});

describe('ten times as much data of other users', () => {
  it.each(['dashboard', 'export'] as const)(
    'does not increase the number of rows read for the %s of a customer',
    (what) => {
      const [few, many] = sizes.map((size) => sum(size[what].map(({ rowsRead }) => rowsRead)));
      expect(few).toBeGreaterThan(20);
      expect(many).toBe(few);
    },
  );

  it.each(['dashboard', 'export'] as const)(
    'adds at most one page read per index descent to the %s of a customer',
    (what) => {
      const [few, many] = sizes.map((size) => sum(size[what].map(({ pagesRead }) => pagesRead)));
      const descents = sum(sizes[1]![what].map(({ descents }) => descents));
      expect(few).toBeGreaterThan(5);
      expect(many).toBeLessThanOrEqual(few! + descents);
    },
  );
});
