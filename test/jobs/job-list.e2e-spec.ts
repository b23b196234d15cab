import { query } from '../support/database.js';
import { aJob, auditOf, eventually } from '../support/factories.js';
import { linksOf } from '../support/links.js';
import { expectRefused } from '../support/refusals.js';
import { anon, world, type Actor } from '../support/world.js';

interface Shown {
  id: string;
  kind: string;
  state: string;
  user_id: number | null;
}

const NOWHERE = '01a1084d-6c00-7a3e-9c41-ffffffffffff';

let user: Actor;
let stranger: Actor;
let admin: Actor;

beforeAll(async () => {
  ({ user, stranger, admin } = await world());
});

beforeEach(() => query('delete from pgboss.job'));

const idsOf = ({ body }: { body: Shown[] }) => body.map(({ id }) => id);
const rows = (where: string, values: unknown[] = []) =>
  query<{ state: string; retry_limit: number }>(`select * from pgboss.job where ${where}`, values);

describe('GET /jobs', () => {
  it('shows a queued job only to its owner and to admins', async () => {
    await user.post(`/email?email=${user.email}`);
    const [job] = (await user.get('/jobs')).body as Shown[];
    expect(job).toMatchObject({ kind: 'welcome-mail', user_id: user.id });
    expect(Object.keys(job!).join()).toBe(
      'id,kind,state,user_id,attempts,created_at,due_at,started_at,finished_at,failure',
    );
    expect((await admin.get('/jobs')).body).toMatchObject([{ id: job!.id }]);
    expect((await stranger.get('/jobs')).body).toEqual([]);
  });

  it('does not return the payload of a job', async () => {
    await admin.post('/email?email=somebody@example.net');
    const { text } = await admin.get('/jobs');
    expect(text).toContain('welcome-mail');
    expect(text).not.toContain('somebody');
  });

  it('assigns the jobs of a sign-up to the new account', async () => {
    const { body } = await anon.post('/users', { email: 'new@example.com', name: 'New', password: 'Password1' });
    expect((await admin.get('/jobs')).body).toMatchObject([{ kind: 'welcome-mail', user_id: body.id }]);
  });

  it('filters by kind and state', async () => {
    const failed = await aJob({ state: 'failed' });
    const order = await aJob({ state: 'failed', kind: 'order-confirmation' });
    const waiting = await aJob({ user_id: user.id });
    const ask = async (filter: string, who = admin) => idsOf(await who.get(`/jobs?${filter}`));
    expect((await ask('state=failed')).toSorted()).toEqual([failed.id, order.id].toSorted());
    expect(await ask('state=failed&kind=order-confirmation')).toEqual([order.id]);
    expect((await ask('kind=welcome-mail')).toSorted()).toEqual([failed.id, waiting.id].toSorted());
    expect(await ask('state=created', user)).toEqual([waiting.id]);
    expect(await ask('state=failed', user)).toEqual([]);
    expect(await ask('kind=nothing')).toEqual([]);
    expect((await admin.get('/jobs?state=lost')).status).toBe(422);
    expect((await admin.get('/jobs?kind=No%20Kind')).status).toBe(422);
  });

  it('returns the oldest jobs first, with links to the next and previous pages', async () => {
    for (let i = 0; i < 5; i++) await user.post(`/email?email=${user.email}`);
    const all = idsOf(await user.get('/jobs'));
    expect(all).toHaveLength(5);
    expect(all.toSorted()).toEqual(all);
    const pages: string[][] = [];
    let next: string | undefined = '/jobs?limit=2';
    let last = next;
    while (next !== undefined) {
      const answer = await user.get((last = next));
      pages.push(idsOf(answer));
      next = linksOf(answer)['next'];
    }
    expect(pages).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
    const back = linksOf(await user.get(last))['prev']!;
    expect(idsOf(await user.get(back))).toEqual(all.slice(2, 4));
  });

  it.each(['after=x', 'after=01a1.', 'before=zz.1', `after=${'a'.repeat(33)}.1`])(
    'refuses the cursor %s',
    async (query) => {
      expect((await user.get(`/jobs?${query}`)).status).toBe(422);
    },
  );
});

describe('GET /jobs/{job_id}', () => {
  it('shows a failed job with the reason for the failure', async () => {
    const { id } = await aJob({ user_id: user.id, state: 'failed' });
    await query(
      `update pgboss.job set output = '{"message": "The mail server refused the mail (550)"}', retry_count = 2`,
    );
    const { body } = await user.get(`/jobs/${id}`);
    expect(body).toMatchObject({ id, attempts: 3, state: 'failed', failure: 'The mail server refused the mail (550)' });
    expect(Date.parse(body.finished_at as string)).not.toBeNaN();
  });

  it('returns 404 for the job of another user', async () => {
    const { id } = await aJob({ user_id: user.id });
    expectRefused(await stranger.get(`/jobs/${id}`), 404, 'Job not found');
    expectRefused(await user.get(`/jobs/${NOWHERE}`), 404, 'Job not found');
    expect((await admin.get(`/jobs/${id}`)).status).toBe(200);
  });

  it('returns 404 for an internal entry of the queue', async () => {
    const { id } = await aJob({ kind: 'tick' });
    expectRefused(await admin.get(`/jobs/${id}`), 404, 'Job not found');
  });
});

describe('POST /jobs/{job_id}/retry', () => {
  it('retries a failed job with the same id and removes its dead letter', async () => {
    const { id } = await aJob({ user_id: user.id, state: 'failed' });
    await query(
      `insert into pgboss.job (name, source_name, source_id, source_root_id) values ('dead-letters', 'welcome-mail', $1, $1)`,
      [id],
    );
    const answer = await admin.post(`/jobs/${id}/retry`);
    expect([answer.status, answer.body.state]).toEqual([200, 'retry']);
    const done = await eventually(async () => (await rows(`id = $1 and state = 'completed'`, [id]))[0]);
    expect(done.retry_limit).toBe(6);
    expect(await rows(`name = 'dead-letters'`)).toEqual([]);
    expect(await auditOf(`jobs/${id}`)).toMatchObject([
      { action: 'job.retried', actor_id: admin.id, details: { kind: 'welcome-mail', from: 'failed' } },
    ]);
  });

  it.each(['cancelled', 'retry'])('makes a job in the state %s due immediately with new attempts', async (state) => {
    const { id } = await aJob({ state });
    await query('update pgboss.job set retry_count = 3, retry_limit = 3');
    const answer = await admin.post(`/jobs/${id}/retry`);
    expect(answer.body).toMatchObject({ id, state: 'retry', finished_at: null });
    expect(Date.parse(answer.body.due_at as string)).toBeLessThanOrEqual(Date.now());
    const done = await eventually(async () => (await rows(`id = $1 and state = 'completed'`, [id]))[0]);
    expect(done.retry_limit).toBe(9);
  });

  it.each(['created', 'active', 'completed'])('refuses a job in the state %s', async (state) => {
    const { id } = await aJob({ state });
    expectRefused(await admin.post(`/jobs/${id}/retry`), 409, `This job is ${state} and can't be retried`);
    expect(await auditOf(`jobs/${id}`)).toEqual([]);
  });

  it('is for admins only, and returns 404 for a missing job', async () => {
    const { id } = await aJob({ user_id: user.id, state: 'failed' });
    expect((await user.post(`/jobs/${id}/retry`)).status).toBe(403);
    expectRefused(await admin.post(`/jobs/${NOWHERE}/retry`), 404, 'Job not found');
  });
});

describe('POST /jobs/{job_id}/cancellation', () => {
  it.each(['created', 'retry', 'active'])('cancels a job in the state %s', async (state) => {
    const { id } = await aJob({ state });
    const answer = await admin.post(`/jobs/${id}/cancellation`);
    expect(answer.body).toMatchObject({ id, state: 'cancelled', failure: null });
    expect(await auditOf(`jobs/${id}`)).toMatchObject([{ action: 'job.cancelled', details: { from: state } }]);
  });

  it.each(['completed', 'cancelled', 'failed'])('refuses a job in the state %s', async (state) => {
    const { id } = await aJob({ state });
    const sentence =
      state === 'cancelled' ? 'This job is already cancelled' : `This job is ${state} and can't be cancelled`;
    expectRefused(await admin.post(`/jobs/${id}/cancellation`), 409, sentence);
  });
});
