import { PgBoss } from 'pg-boss';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { auditOf, eventually } from '../support/factories.js';
import { aFolder, Program } from '../support/processes.js';
import { world, type Actor } from '../support/world.js';

/** Longer than the interval at which a process polls for jobs that it was not notified of. */
const LOOKED_FOR_MS = 3000;

let admin: Actor;
let stranger: Actor;

beforeAll(async () => {
  ({ admin, stranger } = await world());
  await query('create table test_effects (worker text)');
});

const program = (file: string, args: string[]) =>
  new Program(process.execPath, [file, ...args], {
    env: { DATABASE_URL: databaseUrl, DATA_DIR: aFolder() },
  });

/** Adds a job as another release would, creating the queue of its kind if necessary. Returns the job's id. */
async function enqueue(kind: string, payload: object): Promise<string> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 1, migrate: false, supervise: false, schedule: false });
  await boss.start();
  if (!(await boss.getQueue(kind))) await boss.createQueue(kind, { retryLimit: 5, heartbeatSeconds: 10 });
  const id = await boss.send(kind, payload);
  await boss.stop({ graceful: false });
  return id!;
}

const shown = async (id: string) => (await admin.get(`/jobs/${id}`)).body as { state: string; failure: string | null };
const reaches = (id: string, state: string) =>
  eventually(async () => {
    const job = await shown(id);
    return job.state === state ? job : undefined;
  });

describe('a job of a kind that exists only in another release', () => {
  it('waits, visible only to admins, until a process of that release runs it', async () => {
    const id = await enqueue('stall', {});
    await sleep(LOOKED_FOR_MS);
    const { body } = await admin.get('/jobs?kind=stall');
    expect(body).toMatchObject([{ id, kind: 'stall', state: 'created', attempts: 0, failure: null }]);
    expect((await stranger.get('/jobs?kind=stall')).body).toEqual([]);
    const other = program('test/jobs/stalling-worker.mjs', ['newer', '0', 'finish']);
    await other.says(/newer has done it/);
    await reaches(id, 'completed');
    expect(await query(`select worker from test_effects where worker = 'newer'`)).toHaveLength(1);
    other.signal('SIGTERM');
    await other.ended;
  });

  it('returns to the queue if the process that ran it has died, and can be cancelled', async () => {
    const id = await enqueue('unknown-here', {});
    await query(
      `update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now() - interval '1 minute' where id = $1`,
      [id],
    );
    await reaches(id, 'retry');
    const answer = await admin.post(`/jobs/${id}/cancellation`);
    expect([answer.status, answer.body.state]).toEqual([200, 'cancelled']);
    expect(await auditOf(`jobs/${id}`)).toMatchObject([{ action: 'job.cancelled' }]);
  });
});

describe('a job that another release wrote in a different format', () => {
  it.each([
    ['with an unknown version', { email: 'ann@example.com', version: 2 }, 'Version 2 of welcome-mail is not known'],
    ['with an invalid version', { email: 'ann@example.com', version: 'x' }, 'Version x of welcome-mail is not known'],
    ['without a required field', {}, 'email: Field required'],
    ['with a list as its payload', [1], 'email: Field required'],
  ])('%s becomes a dead letter immediately, with the reason', async (_, payload, failure) => {
    const id = await enqueue('welcome-mail', payload);
    const failed = await reaches(id, 'failed');
    expect(failed).toMatchObject({ kind: 'welcome-mail', attempts: 1 });
    expect(failed.failure).toContain(failure);
    expect(
      await query(`select 1 from pgboss.job where name = 'dead-letters' and source_root_id = $1`, [id]),
    ).toHaveLength(1);
  });
});

describe('a job whose payload is too large', () => {
  it('is refused, and its transaction is rolled back', async () => {
    const writer = program('test/support/large-job.mjs', ['64001', '64000']);
    await writer.says(/64000 queued/);
    expect(writer.output).toContain(
      '64001: The payload of a job large is too large (64001 bytes): pass ids instead of data',
    );
    expect(await writer.ended).toBe(0);
    expect(await query(`select worker from test_effects where worker like '64%'`)).toEqual([{ worker: '64000' }]);
    expect(
      await query(`select octet_length(data::text) > 64000 as large from pgboss.job where name = 'large'`),
    ).toEqual([{ large: true }]);
  });
});
