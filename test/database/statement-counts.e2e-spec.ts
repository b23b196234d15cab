import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { needsDatabase, OPERATIONS, send } from '../support/operations.js';
import { ROWS } from '../support/resources.js';
import { anOwner, holdJobs, rolesOf, subjectOf } from '../support/subjects.js';
import { Wiretap } from '../support/wiretap.js';

const SIZES = [1, 10, 100];
const READINESS_KEPT_MS = 1100;

let tap: Wiretap;
let app: RunningApp;

beforeAll(async () => {
  await holdJobs();
  tap = await Wiretap.start();
  // so that this application does not run retries of jobs
  app = await startApp({ env: { DATABASE_URL: tap.url, JOBS_IN_PROCESS: 'false' } });
});

afterAll(() => tap.stop());

/** Creates this many accounts and rows of each kind. All rows but the accounts belong to the owner. */
async function world(role: 'user' | 'admin', rows: number) {
  await query('delete from orders; delete from items; delete from users');
  for (const { table } of ROWS.toReversed()) await query(`delete from ${table}`);
  await query(
    `insert into users (email, name, password_hash) select i || '@example.com', 'Other', '' from generate_series(2, $1) i`,
    [rows],
  );
  const owner = await anOwner('user', rows);
  return { owner, caller: role === 'user' ? owner : await anOwner('admin') };
}

const CASES = OPERATIONS.flatMap((operation) =>
  rolesOf(operation).map((role) => [`${operation.key} as ${role}`, operation, role] as const),
);

it('every operation is covered', () => {
  expect(new Set(CASES.map(([, { key }]) => key)).size).toBe(OPERATIONS.length);
  expect(CASES.length).toBeGreaterThan(45);
});

it.each(CASES)('%s sends the same statements whether there are 1, 10 or 100 rows', async (_name, operation, role) => {
  const sent: string[][] = [];
  for (const rows of SIZES) {
    const { owner, caller } = await world(role, rows);
    const sample = await subjectOf(operation, owner);
    if (operation.key === 'GET /health/ready') await sleep(READINESS_KEPT_MS);
    if (operation.parameters?.some(({ name }) => name === 'limit')) sample.query['limit'] = 100;
    const { answer, statements } = await tap.during(() => send(caller.at(app.url), operation, sample));
    expect(`${answer.status} ${answer.text}`).toMatch(/^20[014] /);
    sent.push(statements.toSorted());
  }
  expect(sent[1]).toEqual(sent[0]);
  expect(sent[2]).toEqual(sent[0]);
  expect(sent[0]!.length > 0).toBe(needsDatabase(operation));
});
