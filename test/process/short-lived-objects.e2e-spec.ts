import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';
import { MAIN, Program } from '../support/processes.js';

// Objects of a request must die with it. V8 allocates some objects among the old ones, such as a function that is
// assigned to a property where it is written: they keep everything alive that they refer to until the next full
// collection (bench/FINDINGS.md).

/** Unoptimized code, whose allocations do not depend on when V8 compiles, and young collections at a steady pace. */
const FLAGS = ['--no-opt', '--no-maglev', '--max-semi-space-size=4'];
/** Few, because the objects of requests that run during a collection become old, too. */
const CLIENTS = 4;
const REQUESTS = 400;
const ROUNDS = 8;
/** A request whose objects stay adds 2,000 to 6,000 bytes. */
const MOST_BYTES = 900;

let url: string;
let heap: string;
let served: Program;

beforeAll(async () => {
  const database = await ownDatabase();
  await database.query(`insert into items (name, price_cents, stock) values ('A lamp', 100, 5)`);
  const args = [...FLAGS, '--import', join(process.cwd(), 'test/support/tell-heap.mjs'), MAIN, 'serve'];
  const env = { DATABASE_URL: database.url, PORT: '0', WORKERS: '1', LOG_LEVEL: 'warn', REQUESTS_PER_MINUTE: '0' };
  served = new Program(process.execPath, args, { env });
  heap = await served.says(/Heap at (\S+)/);
  url = await served.address();
});

afterAll(async () => {
  served.signal('SIGTERM');
  await served.ended;
});

const oldBytes = async () => Number(await (await fetch(heap)).text());

async function ask(path: string, status: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const response = await fetch(url + path);
    await response.arrayBuffer();
    expect(response.status).toBe(status);
  }
}

/** Returns the bytes that a request adds to the old objects: the median of the rounds, as a full collection frees all. */
async function bytesKept(path: string, status: number): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await oldBytes();
    await Promise.all(Array.from({ length: CLIENTS }, () => ask(path, status, REQUESTS / CLIENTS)));
    rounds.push(((await oldBytes()) - before) / REQUESTS);
  }
  return rounds.toSorted((a, b) => a - b)[ROUNDS / 2]!;
}

it.each([
  ['/nowhere', 404],
  ['/items/1', 200],
  ['/items/none', 422],
])('the objects of GET %s do not outlive the request', async (path, status) => {
  await bytesKept(path, status); // fills caches
  expect(await bytesKept(path, status)).toBeLessThan(MOST_BYTES);
});
