import { PgBoss } from 'pg-boss';
import { anItem, anOrder, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { world, type Actor } from '../support/world.js';

interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
}

/** Collects mails instead of sending them; `refuse` decides which attempts fail. */
class FakeMailer {
  readonly attempts: Mail[] = [];
  readonly sent: Mail[] = [];

  constructor(private readonly refuse: (attempt: number) => boolean = () => false) {}

  async send(mail: Mail): Promise<void> {
    this.attempts.push(mail);
    if (this.refuse(this.attempts.length)) throw new Error('The mail server is busy');
    this.sent.push(mail);
  }
}

interface JobRow {
  id: string;
  name: string;
  state: string;
  retry_count: number;
  data: Record<string, unknown>;
  output: { message?: string } | null;
}

const jobs = (where: string, values: unknown[] = []) =>
  query<JobRow>(`select id, name, state::text, retry_count, data, output from pgboss.job where ${where}`, values);

const orderJob = (order_id: number) => jobs(`name = 'order-confirmation' and data->>'order_id' = $1`, [order_id]);

/** Waits until the order's job is in this state, and returns it. */
const reaches = (order_id: number, state: string) =>
  eventually(async () => (await orderJob(order_id)).find((job) => job.state === state));

const running: { stop(): Promise<void> }[] = [];

/** Starts an application with this mailer. The default one is stopped, so no other process takes the jobs. */
async function anApp(mailer: FakeMailer) {
  const app = await startApp({ providers: { Mailer: mailer } });
  running.push(app);
  return app;
}

let user: Actor;

beforeAll(async () => {
  ({ user } = await world());
  await stopApp();
});

afterEach(async () => {
  for (const app of running.splice(0)) await app.stop();
});

describe('a job', () => {
  it('is committed together with its data, and then runs', async () => {
    const mailer = new FakeMailer();
    const app = await anApp(mailer);
    const item = await anItem();
    const answer = await user.at(app.url).post('/orders', { item_id: item.id, quantity: 1 });
    expect(answer.status).toBe(201);
    const [job] = await orderJob(answer.body.id as number); // the response was sent after the commit
    expect(job).toBeDefined();
    await reaches(answer.body.id as number, 'completed');
    expect(mailer.sent).toMatchObject([{ id: job!.id, to: user.email, subject: `Your order ${answer.body.id}` }]);
  });

  it('is not queued if the transaction is rolled back', async () => {
    expectServerErrors(1);
    const mailer = new FakeMailer();
    const app = await anApp(mailer);
    const item = await anItem({ stock: 1 });
    // The commit itself fails, after all writes of the order.
    await query(
      `create function refuse_job() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    );
    await query(
      `create constraint trigger refuse_job after insert on orders deferrable initially deferred for each row execute function refuse_job()`,
    );
    const before = await jobs('true');
    const answer = await user.at(app.url).post('/orders', { item_id: item.id, quantity: 1 });
    await query('drop trigger refuse_job on orders');
    await query('drop function refuse_job()');
    expect(answer.status).toBe(500);
    expect(await jobs('true')).toHaveLength(before.length);
    expect(await query('select 1 from orders where item_id = $1', [item.id])).toEqual([]);
    expect(await query('select stock from items where id = $1', [item.id])).toEqual([{ stock: 1 }]);
  });

  it('starts as soon as it is committed, without pauses between the jobs of a backlog', async () => {
    const mailer = new FakeMailer();
    const app = await anApp(mailer);
    const item = await anItem({ stock: 40 });
    const there = user.at(app.url);
    await Promise.all(Array.from({ length: 40 }, () => there.post('/orders', { item_id: item.id, quantity: 1 })));
    await eventually(async () => (mailer.sent.length === 40 ? true : undefined), 60_000); // only polling: 80 s
    expect(new Set(mailer.sent.map(({ id }) => id)).size).toBe(40);
  });
});

describe('a job that fails', () => {
  it('is retried with the same id, and completes once', async () => {
    const mailer = new FakeMailer((attempt) => attempt === 1);
    await anApp(mailer);
    const order = await anOrder({ user_id: user.id });
    await enqueue(order.id);
    const waiting = await reaches(order.id, 'retry');
    expect(waiting.output?.message).toBe('Internal error');
    const done = await reaches(order.id, 'completed');
    expect(done).toMatchObject({ id: waiting.id, retry_count: 1 });
    expect(mailer.attempts.map(({ id }) => id)).toEqual([done.id, done.id]);
    expect(mailer.sent).toHaveLength(1);
  });

  it('does not affect other jobs in the same batch', async () => {
    const good = await anOrder({ user_id: user.id });
    const bad = await anOrder({ user_id: user.id });
    await enqueue(bad.id);
    await enqueue(good.id);
    const mailer = new FakeMailer();
    mailer.send = async (mail) => {
      if (mail.subject === `Your order ${bad.id}`) throw new Error('Refused');
      mailer.sent.push(mail);
    };
    await anApp(mailer); // fetches both in one batch
    await reaches(good.id, 'completed');
    await reaches(bad.id, 'retry');
    expect(mailer.sent.map(({ subject }) => subject)).toEqual([`Your order ${good.id}`]);
    await query(`delete from pgboss.job where data->>'order_id' = $1`, [bad.id]);
  });

  it('becomes a dead letter after its last attempt', async () => {
    const mailer = new FakeMailer(() => true);
    await anApp(mailer);
    const order = await anOrder({ user_id: user.id });
    await enqueue(order.id, { retryLimit: 1, retryDelay: 1, retryBackoff: false });
    const failed = await reaches(order.id, 'failed');
    expect(failed.retry_count).toBe(1);
    expect(failed.output?.message).toBe('Internal error');
    expect(mailer.attempts.filter(({ subject }) => subject === `Your order ${order.id}`)).toHaveLength(2);
    expect(await jobs(`name = 'dead-letters' and data->>'order_id' = $1`, [order.id])).toMatchObject([
      {
        data: { order_id: order.id },
      },
    ]);
  });

  it('becomes a dead letter without a retry if its payload is invalid', async () => {
    const mailer = new FakeMailer();
    await anApp(mailer);
    await enqueue(-5);
    const failed = await reaches(-5, 'failed');
    expect(failed.retry_count).toBe(0);
    expect(failed.output?.message).toContain('order_id: Input should be greater than or equal to 1');
    expect(await jobs(`name = 'dead-letters' and data->>'order_id' = '-5'`)).toHaveLength(1);
    expect(mailer.attempts).toEqual([]);
  });
});

describe('several applications on one database', () => {
  it('share the queue, and no job runs twice', async () => {
    const mailers = [new FakeMailer(), new FakeMailer()];
    const apps = await Promise.all(mailers.map(anApp));
    const item = await anItem({ stock: 60 });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        eventually(async () => {
          const answer = await user.at(apps[i % 2]!.url).post('/orders', { item_id: item.id, quantity: 1 });
          return answer.status === 503 ? undefined : answer; // a slow machine may have no free connection
        }),
      ),
    );
    const ids = answers.map(({ body }) => `Your order ${(body as { id: number }).id}`).toSorted();
    const subjects = () => mailers.flatMap(({ sent }) => sent.map(({ subject }) => subject)).toSorted();
    await eventually(async () => (subjects().length >= 60 ? true : undefined));
    expect(subjects()).toEqual(ids);
    expect(mailers.map(({ sent }) => sent.length > 0)).toEqual([true, true]);
  });

  it('lose no job if one of them stops: it finishes its running job, and the other runs the waiting jobs', async () => {
    const mailServer = Promise.withResolvers<void>();
    const slow = new FakeMailer();
    const send = slow.send.bind(slow);
    slow.send = async (mail) => {
      slow.attempts.push(mail);
      await mailServer.promise;
      await query('select 1 from orders'); // its database connection is still open
      await send(mail);
    };
    const stopping = await startApp({ providers: { Mailer: slow } });
    const order = await anOrder({ user_id: user.id });
    await enqueue(order.id);
    await eventually(async () => (slow.attempts.length > 0 ? true : undefined));
    const stopped = stopping.stop();
    const other = new FakeMailer();
    await anApp(other);
    const later = await anOrder({ user_id: user.id });
    await enqueue(later.id);
    await reaches(later.id, 'completed');
    setTimeout(() => mailServer.resolve(), 1500); // the shutdown waits that long for the mail
    await stopped;
    expect(await orderJob(order.id)).toMatchObject([{ state: 'completed', retry_count: 0 }]);
    expect(slow.sent.map(({ subject }) => subject)).toEqual([`Your order ${order.id}`]);
    expect(other.sent.map(({ subject }) => subject)).toEqual([`Your order ${later.id}`]);
  });
});

/** Adds a job as another program would. */
async function enqueue(order_id: number, options: Parameters<PgBoss['send']>[2] = {}): Promise<void> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 1, migrate: false, supervise: false, schedule: false });
  await boss.start();
  await boss.send('order-confirmation', { order_id }, options ?? {});
  await boss.stop({ graceful: false });
}
