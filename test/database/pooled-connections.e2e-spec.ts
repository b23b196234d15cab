import { setTimeout as sleep } from 'node:timers/promises';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { execute } from '../../src/kernel/database/statement.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { databaseError } from '../../src/kernel/errors/database-errors.js';
import { query } from '../support/database.js';
import { Door } from '../support/door.js';

const ANSWER_MS = 500;

let door: Door;
let source: AerieDataSource;
/** The raw packets that were sent to PostgreSQL. */
let packets: string[] = [];

beforeAll(async () => {
  door = await Door.open(undefined, (socket) => socket.on('data', (packet) => packets.push(packet.toString('latin1'))));
  source = await new AerieDataSource({
    type: 'postgres',
    url: door.url,
    driver: { Pool },
    entities: [],
    installExtensions: false,
    extra: { max: 1, pipeline: true, query_timeout: ANSWER_MS },
  }).initialize();
  await query('create table test_notes (text text)');
});

afterAll(async () => {
  await source.destroy();
  door.close();
});

beforeEach(() => query('delete from test_notes'));

const pid = async () => (await execute(source.manager, 'select pg_backend_pid()', [])).rows[0]![0];
const write = (text: string) => execute(source.manager, 'insert into test_notes values ($1)', [text]);
/** Returns the status of the answer to a request that fails with this error, or undefined if the work succeeds. */
const statusOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => databaseError(error)?.getStatus(),
  );
const notes = () => query('select text from test_notes');

it('a transaction continues before PostgreSQL has confirmed its start', async () => {
  const runner = source.createQueryRunner();
  await runner.connect();
  door.swallow();
  const began = performance.now();
  await runner.startTransaction();
  expect(performance.now() - began).toBeLessThan(ANSWER_MS / 2);
  expect(await statusOf(runner.query('select 1'))).toBe(503);
  door.letThrough();
  await runner.release();
});

it('a transaction begins in the packet of its first statement, or alone if it has no statement', async () => {
  packets = [];
  await transaction(source.manager, () => write('first'));
  expect(packets.filter((packet) => packet.includes('START TRANSACTION'))).toEqual([expect.stringContaining('first')]);
  packets = [];
  await transaction(source.manager, async () => sleep(20));
  expect(packets.map((packet) => /START|COMMIT/.exec(packet)?.[0])).toEqual(['START', 'COMMIT']);
});

it('an idle connection stays open, and its next statement has a time limit, too', async () => {
  const before = await pid();
  await sleep(ANSWER_MS * 1.5);
  expect(await pid()).toBe(before);
  await expect(execute(source.manager, 'select pg_sleep(5)', [])).rejects.toThrow('Query read timeout');
  await query('select pg_terminate_backend($1)', [before]); // still sleeping
});

it('a connection whose response is late is discarded, and its transaction is rolled back', async () => {
  const before = await pid();
  const late = transaction(source.manager, async (tx) => {
    await write('late');
    await execute(tx, 'select pg_sleep(5)', []);
  });
  await expect(late).rejects.toThrow('Query read timeout');
  expect(await pid()).not.toBe(before);
  await query('select pg_terminate_backend($1)', [before]); // still sleeping
  await sleep(100);
  expect(await notes()).toEqual([]);
});

it('a transaction that PostgreSQL does not begin fails with 503 and commits nothing', async () => {
  const before = await pid();
  const runner = source.createQueryRunner();
  await runner.connect();
  await runner.query('begin');
  await expect(runner.query('select 1 / 0')).rejects.toThrow('division by zero'); // now no transaction can begin
  const failed = runner.manager.transaction(async (tx) => {
    await tx.query('select 1').catch(() => {});
    await sleep(50);
    await tx.query(`insert into test_notes values ('lost')`);
  });
  expect(await statusOf(failed)).toBe(503);
  await runner.release();
  expect(await notes()).toEqual([]);
  expect(await pid()).not.toBe(before);
});

it('several statements of one transaction may be in flight at the same time', async () => {
  await transaction(source.manager, () => Promise.all(['a', 'b', 'c'].map(write)));
  expect(await notes()).toEqual([{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
});

it('a connection is replaced after 30 minutes, so that failovers are followed', async () => {
  const before = await pid();
  expect(await pid()).toBe(before);
  const now = performance.now.bind(performance);
  const later = import.meta.jest.spyOn(performance, 'now').mockImplementation(() => now() + 1_800_000);
  const after = await pid();
  later.mockRestore();
  expect(after).not.toBe(before);
});
