import { aBigCustomer, exporting } from '../support/big-export.js';
import { query } from '../support/database.js';
import { Download } from '../support/download.js';
import { anExport, eventually } from '../support/factories.js';
import { aUser, type Actor } from '../support/world.js';

/** An export of about 30 MB. */
const ORDERS = 6000;

let customer: Actor;

beforeAll(async () => {
  customer = await aBigCustomer(ORDERS);
  await query(`create function slow_down() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.1); return new; end $$`);
  await query('create trigger slow before insert on export_chunks for each row execute function slow_down()');
});

const made = async () => ((await customer.post('/exports', {})).body as { id: number }).id;

/** Waits until the export meets an SQL condition. */
const until = (id: number, condition: string) =>
  eventually(async () => {
    const found = await query(`select 1 from exports where id = $1 and ${condition}`, [id]);
    return found.length > 0 || undefined;
  });

/** Whether the file equals a new export of the same data, and has no chunks of other attempts. */
async function isWhole(id: number): Promise<boolean> {
  const file = await (await Download.start(customer, `/exports/${id}/file`)).bytes();
  const now = await (await Download.start(customer, '/export')).bytes();
  const [{ chunks }] = (await query<{ chunks: number }>(
    'select count(*)::int as chunks from export_chunks where export_id = $1',
    [id],
  )) as [{ chunks: number }];
  return file.equals(now) && chunks === Math.ceil(file.length / 1024 ** 2);
}

/** Waits until the queue has stored the result of the attempt. */
const untilJob = (id: number, state: string) =>
  eventually(async () => {
    const [job] = await query<{ state: string }>(`select state from pgboss.job where ${jobOf}`, [id]);
    return job!.state === state || undefined;
  });

const jobOf = `name = 'write-export' and (data->>'export_id')::int = $1`;

it('an export reports its progress', async () => {
  const id = await made();
  await until(id, `status = 'running' and rows_total = ${ORDERS} and rows_done > 0`);
  const { body } = await customer.get(`/exports/${id}`);
  expect(body.rows_done).toBeLessThan(ORDERS);
  await until(id, `status = 'ready'`);
  expect(await isWhole(id)).toBe(true);
});

it('an export is written again as a whole if its database connection breaks', async () => {
  const id = await made();
  await until(id, 'rows_done > 500');
  for (const { pid } of await exporting()) await query('select pg_terminate_backend($1)', [pid]);
  await until(id, `status = 'ready'`);
  expect(await isWhole(id)).toBe(true);
  const [job] = await query<{ retry_count: number }>(`select retry_count from pgboss.job where ${jobOf}`, [id]);
  expect(job!.retry_count).toBe(1);
});

it('an export contains no chunks of an earlier attempt that was presumed dead but continues', async () => {
  const id = await made();
  await until(id, 'rows_done > 500');
  const other = await startApp(); // runs the job while the first application still writes
  await query(
    `update pgboss.job set state = 'retry', retry_count = retry_count + 1, start_after = now(), heartbeat_on = null
     where state = 'active' and ${jobOf}`,
    [id],
  );
  await until(id, `status = 'ready'`);
  expect(await isWhole(id)).toBe(true);
  const [job] = await query<{ retry_count: number }>(`select retry_count from pgboss.job where ${jobOf}`, [id]);
  expect(job!.retry_count).toBe(2); // no third attempt was needed
  await other.stop();
});

it('an export stops running when it is deleted', async () => {
  const id = await made();
  await until(id, 'rows_done > 500');
  expect((await customer.delete(`/exports/${id}`)).status).toBe(204);
  await eventually(async () => (await exporting()).length === 0 || undefined);
  await untilJob(id, 'completed');
  expect(await query('select 1 from export_chunks where export_id = $1', [id])).toEqual([]);
});

it('an export fails after its last attempt, and is written if its job is retried later', async () => {
  await query(`create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'no room'; end $$`);
  await query('create trigger refuse before insert on export_chunks for each row execute function refuse()');
  const id = await made();
  await until(id, `status = 'queued' and rows_total is not null`);
  await untilJob(id, 'retry');
  await query(`update pgboss.job set retry_limit = 1, start_after = now() where ${jobOf}`, [id]);
  await until(id, `status = 'failed'`);
  await untilJob(id, 'failed');
  await query('drop trigger refuse on export_chunks');
  await query(`update pgboss.job set state = 'retry', retry_limit = 9, start_after = now() where ${jobOf}`, [id]);
  await until(id, `status = 'ready'`);
  expect(await isWhole(id)).toBe(true);
});

it('expired exports are deleted with their files', async () => {
  const user = await aUser();
  const ids = [];
  for (let i = 0; i < 7; i++) ids.push((await anExport(user.id)).id);
  const [kept, ...expired] = ids;
  await query(`update exports set expires_at = now() - interval '1 s' where id = any($1)`, [expired]);
  await query(`insert into pgboss.job (name) values ('exports-clean-up')`);
  await eventually(async () => {
    const left = await query<{ id: number }>('select id from exports where user_id = $1', [user.id]);
    return left.length === 1 && left[0]!.id === kept ? true : undefined;
  });
  const chunks = await query('select 1 from export_chunks where export_id = any($1)', [ids]);
  expect(chunks).toHaveLength(1);
});
