import { fill, FIRST_ID, FULL } from './support/large-data.js';
import { OPERATIONS, send, type Operation, type Sample } from './support/operations.js';
import { Plan, tellPlans } from './support/plans.js';
import { anOwner, holdJobs, rolesOf, subjectOf } from './support/subjects.js';
import type { Actor } from './support/world.js';
import { Wiretap } from './support/wiretap.js';

/** PostgreSQL plans a prepared statement for its values five times, and may then go on with one plan for all. */
const ROUNDS = 7;
/** No statement looks at more rows, and a page by number at no more than these and those before it. */
const MOST_ROWS = 1000;

/** Values for each query parameter that the document has; those that read further than to the end of the page, with a reason. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  page: ['3'],
  limit: ['100'],
  after: [`${FIRST_ID + 15_000}.15000`],
  before: [`${FIRST_ID + 15_000}.15000`],
  active: ['true', 'false'],
  search: ['EXAMPLE', 'hing', 'abc12', 'erson 1234', 'Nobody', 'e', '1'],
  user_id: [],
};

/** What reads a table as a whole, or most of it, and why. */
const JUSTIFIED: Readonly<Record<string, string>> = {
  'GET /export as admin': 'all orders are what is asked for',
  'GET /process as user': 'it is about all orders, the newest 200,000 at most, in a thread of its own',
  'GET /process as admin': 'it is about all orders, the newest 200,000 at most, in a thread of its own',
};

let tap: Wiretap;
let app: RunningApp;
let customer: Actor;
let admin: Actor;
const others: { dashboard: Plan[]; export: Plan[] }[] = [];

const plansOf = async (work: () => PromiseLike<{ status: number; text: string }>): Promise<Plan[]> => {
  const { answer, notices } = await tap.during(work);
  expect(`${answer.status} ${answer.text}`).toMatch(/^20[014] /);
  return Plan.among(notices);
};

const get = (actor: Actor, path: string) => plansOf(() => actor.at(app.url).get(path));

const bothOf = async () => ({
  dashboard: await get(customer, `/dashboard?user_id=${customer.id}`),
  export: await get(customer, '/export'),
});

/** What one customer's dashboard and export read while the others are a tenth, and when all are there. */
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
    others.push(await bothOf());
  }
}, 60_000);

afterAll(() => tap.stop());

const CASES = OPERATIONS.filter(({ responses }) => '503' in responses).flatMap((operation) =>
  rolesOf(operation).map((role) => [`${operation.key} as ${role}`, operation, role] as const),
);
const READS = CASES.filter(([name, { method }]) => method === 'get' && !(name in JUSTIFIED));
const WRITES = CASES.filter(([, { method }]) => method !== 'get');

/** The sample, and that with each two of its parameters in all their values. */
function probesOf({ parameters = [] }: Operation, sample: Sample): Sample[] {
  const given = parameters.flatMap(({ name }) => (VALUES[name] ?? []).map((value) => [name, value] as const));
  const pairs = given.flatMap((one, i) => given.slice(i + 1).map((other) => [one, other]));
  const queries = [...given.map((one) => [one]), ...pairs.filter(([one, other]) => one![0] !== other![0])];
  return [sample, ...queries.map((query) => ({ ...sample, query: { ...sample.query, ...Object.fromEntries(query) } }))];
}

/** What is wrong with how it was done. */
function faultsOf(plans: readonly Plan[], what: string): string[] {
  return plans.flatMap((plan) => [
    ...plan.sequential.filter((table) => table in FULL).map((table) => `${what} reads all ${table}: ${plan.statement}`),
    ...(plan.rowsRead > MOST_ROWS ? [`${what} looks at ${plan.rowsRead} rows: ${plan.statement}`] : []),
  ]);
}

describe(`with ${FULL.orders} orders of ${FULL.users} accounts`, () => {
  it('every query parameter of the document is tried', () => {
    const names = OPERATIONS.flatMap(({ method, parameters = [] }) =>
      method === 'get' ? parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name) : [],
    );
    expect([...new Set(names)].toSorted()).toEqual(Object.keys(VALUES).toSorted());
    expect(Object.keys(JUSTIFIED).filter((name) => !CASES.some(([known]) => known === name))).toEqual([]);
  });

  it.each(READS)('%s goes by indexes, whatever it is asked', async (_name, operation, role) => {
    const sample = await subjectOf(operation, customer);
    const faults = new Set<string>();
    let plans = 0;
    for (const probe of probesOf(operation, sample)) {
      for (let round = 0; round < ROUNDS; round++) {
        const found = await plansOf(() => send((role === 'admin' ? admin : customer).at(app.url), operation, probe));
        for (const fault of faultsOf(found, JSON.stringify(probe.query))) faults.add(fault);
        plans += found.length;
      }
    }
    expect([...faults]).toEqual([]);
    expect(plans).toBeGreaterThan(0);
  });

  it.each(WRITES)('%s goes by indexes, and so do the foreign keys', async (_name, operation, role) => {
    const owner = await anOwner('user', 10);
    const sample = await subjectOf(operation, owner);
    const plans = await plansOf(() => send((role === 'admin' ? admin : owner).at(app.url), operation, sample));
    expect(faultsOf(plans, 'it')).toEqual([]);
    expect(plans.length).toBeGreaterThan(0);
  });
});
