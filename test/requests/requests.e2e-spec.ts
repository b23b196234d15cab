import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anItem, anOrder, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { command, aFolder } from '../support/processes.js';
import { raw } from '../support/raw.js';
import { world, type Actor } from '../support/world.js';

interface Line {
  readonly message: string;
  readonly job_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Story {
  readonly lines: readonly Line[];
  readonly statements: readonly { text: string; job_id: string | null; start_us: number; duration_us: number }[];
  readonly jobs: readonly { id: string; kind: string; state: string }[];
  readonly mails: readonly { id: string }[];
  readonly audit_events: readonly { action: string; request_id: string }[];
}

const idOf = ({ headers }: { headers: Record<string, string> }) => headers['x-request-id']!;

let user: Actor;
let stranger: Actor;
let admin: Actor;

beforeAll(async () => {
  ({ user, stranger, admin } = await world());
});

async function storyOf(id: string): Promise<Story> {
  const { status, body } = await admin.get(`/requests/${id}`);
  expect(status).toBe(200);
  return body as Story;
}

const onDatabase = () => ({ DATA_DIR: aFolder(), DATABASE_URL: databaseUrl });

/** Returns the SQL of its statements, without the setup of new connections. */
const textsOf = ({ statements }: Story) =>
  statements.map(({ text }) => text).filter((text) => !text.includes('set_config'));

/** Places an order and waits until its mail is sent. Returns the request's id and story. */
async function orderOf(customer: Actor): Promise<{ id: string; story: Story }> {
  const item = await anItem();
  const id = idOf(await customer.post('/orders', { item_id: item.id, quantity: 1 }));
  const story = await eventually(async () => {
    const told = await storyOf(id);
    const isOver = told.jobs.every(({ state }) => state === 'completed'); // set after the line of the attempt
    return isOver && told.lines.some(({ message }) => message === 'job') ? told : undefined;
  });
  return { id, story };
}

describe('GET /requests/{request_id}', () => {
  it('returns the log lines, the job and the mail of a request', async () => {
    const { story } = await orderOf(user);
    const [job] = story.jobs;
    expect(story.jobs).toEqual([expect.objectContaining({ kind: 'order-confirmation', state: 'completed' })]);
    expect(story.mails).toEqual([expect.objectContaining({ id: job!.id })]);
    expect(new Set(story.lines.map(({ message, job_id }) => `${message} ${job_id}`))).toEqual(
      new Set(['request null', `Mail sent ${job!.id}`, `job ${job!.id}`]),
    );
    const request = story.lines.find(({ message }) => message === 'request');
    expect(request!.details).toMatchObject({ method: 'POST', route: '/orders', status: 201, user_id: user.id });
  });

  it('returns the SQL statements with their times and without their values', async () => {
    const { story } = await orderOf(user);
    const own = story.statements.filter(({ job_id }) => job_id === null);
    expect(own.map(({ text }) => text.split(' ')[0]!.toLowerCase())).toEqual(
      expect.arrayContaining(['select', 'update', 'insert', 'commit']),
    );
    for (const { start_us, duration_us } of story.statements) {
      expect(start_us).toBeGreaterThanOrEqual(0);
      expect(duration_us).toBeGreaterThan(0);
    }
    expect(story.statements.filter(({ job_id }) => job_id === story.jobs[0]!.id).length).toBeGreaterThan(2);
    expect(JSON.stringify(story.statements)).not.toContain(user.email);
  });

  it('does not mix up concurrent requests or their jobs', async () => {
    const { id } = await anOrder({ user_id: user.id });
    const alone = await storyOf(idOf(await user.get(`/orders/${id}`)));
    const texts = textsOf(alone);
    expect(texts.length).toBeGreaterThan(1);
    const [orders, reads] = await Promise.all([
      Promise.all(Array.from({ length: 8 }, () => orderOf(stranger))),
      Promise.all(Array.from({ length: 40 }, async () => idOf(await user.get(`/orders/${id}`)))),
    ]);
    for (const read of reads) {
      const story = await storyOf(read);
      expect(textsOf(story)).toEqual(texts);
      expect(story.lines.map(({ details }) => details['user_id'])).toEqual([user.id]);
      expect(story.jobs).toEqual([]);
    }
    const jobs = orders.map(({ story }) => story.jobs.map((job) => job.id));
    expect(new Set(jobs.flat()).size).toBe(8);
    for (const { story } of orders) {
      const others = story.statements.filter(({ job_id }) => job_id !== null && job_id !== story.jobs[0]!.id);
      expect(others).toEqual([]);
    }
  });

  it('returns the audit events of the request', async () => {
    const answer = await admin.put(`/users/${stranger.id}`, { user: { bio: 'New' }, reason: 'A test' });
    const story = await storyOf(idOf(answer));
    expect(story.audit_events).toEqual([expect.objectContaining({ action: 'user.updated', request_id: idOf(answer) })]);
  });

  it('returns the jobs and mails of a request after a restart, without its log lines', async () => {
    const { id } = await orderOf(user);
    const restarted = await startApp({ env: { REQUEST_HISTORY_MB: '0' } });
    const { body } = await admin.at(restarted.url).get(`/requests/${id}`);
    expect(body).toMatchObject({ lines: [], statements: [], jobs: [{ state: 'completed' }], mails: [{}] });
    await restarted.stop();
  });

  it('returns the log line of a request that could not be parsed', async () => {
    const { status, headers } = await raw('hello there\r\n\r\n');
    const story = await storyOf(headers['x-request-id']!);
    expect(story.lines.map(({ details }) => details['status'])).toEqual([status]);
  });

  it('returns 404 for an unknown request id', async () => {
    const { status, body } = await admin.get(`/requests/${randomUUID()}`);
    expect([status, body]).toEqual([404, { detail: 'Request not found' }]);
  });

  it.each(['x'.repeat(65), 'a%00b', '%22%2C%22', "'"])('refuses an invalid id: %s', async (id) => {
    expect((await admin.get(`/requests/${id}`)).status).toBe(422);
  });

  it('has an index for the jobs of a request', async () => {
    const [{ plan }] = (await query(
      `select pg_get_indexdef('pgboss.aerie_job_request_id_id_idx'::regclass) as plan`,
    )) as [{ plan: string }];
    expect(plan).toContain(`((data -> 'origin'::text) ->> 'request_id'::text)`);
  });
});

describe('npm run story', () => {
  it('prints the records of the database and of a log file', async () => {
    const { id, story } = await orderOf(user);
    const file = join(aFolder(), 'log');
    const text = [...logs.map((line) => JSON.stringify(line)), `${id} is in a line of another program`].join('\n');
    writeFileSync(file, text);
    const { code, output } = await command('story', [id, '--log', file], { env: onDatabase() });
    expect(code).toBe(0);
    expect(output).toMatch(/info {2}request {2}.*"route":"\/orders"/);
    expect(output).toMatch(new RegExp(`order-confirmation {2}${story.jobs[0]!.id} {2}completed`));
    expect(output).toMatch(/Audit events\n {2}none/);
  });

  it('fails if there are no records of the request', async () => {
    const { code, output } = await command('story', ['nothing'], { env: onDatabase() });
    expect([code, output]).toEqual([1, 'No records found for request nothing\n']);
  });
});
