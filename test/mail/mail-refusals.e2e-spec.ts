import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { readMail } from '../support/mail.js';
import { MailServer } from '../support/mail-server.js';
import { world, type Actor } from '../support/world.js';

let admin: Actor;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  ({ admin } = await world());
  await stopApp(); // only the application of each test sends mails
});

afterEach(async () => {
  for (const server of running.splice(0).toReversed()) await server.stop();
});

type Manners = Parameters<typeof MailServer.start>[0];

/** Starts a mail server with these `manners` and an application, and sends a mail to a new address. */
async function aMail(manners: Manners) {
  const server = await MailServer.start(manners);
  running.push(server);
  const app = await startApp({ env: { SMTP_URL: server.url } });
  running.push(app);
  const to = `${crypto.randomUUID()}@example.com`;
  expect((await admin.at(app.url).post(`/email?email=${to}`)).status).toBe(200);
  const reaches = (state: string) =>
    eventually(async () => (await jobTo(to)).find((job) => job.state === state), 25_000);
  return { server, app, to, reaches };
}

interface JobRow {
  id: string;
  state: string;
  retry_count: number;
  retry_limit: number;
  output: { message: string } | null;
}

const jobTo = (email: string) =>
  query<JobRow>(
    `select id, state::text, retry_count, retry_limit, output from pgboss.job where name = 'welcome-mail' and data->>'email' = $1`,
    [email],
  );

const ledger = (id: string) => query('select 1 from sent_mails where id = $1', [id]);

describe('a mail that the mail server refuses permanently', () => {
  it.each(['recipient', 'content'] as const)('for its %s becomes a dead letter after one attempt', async (what) => {
    const { server, app, to, reaches } = await aMail({ refuses: 9, code: 550, what });
    const { id, retry_count, output } = await reaches('failed');
    expect([retry_count, output]).toEqual([0, { message: 'The mail server refused the mail (550)' }]);
    const dead = await query<{ source_id: string }>(
      `select source_id from pgboss.job where name = 'dead-letters' and data->>'email' = $1`,
      [to],
    );
    expect(dead).toEqual([{ source_id: id }]);
    expect(await ledger(id)).toEqual([]);
    const { body } = await admin.at(app.url).get(`/jobs/${id}`);
    expect(body).toMatchObject({ state: 'failed', attempts: 1, failure: 'The mail server refused the mail (550)' });
    expect(server.attempts).toBe(1);
  });

  it('is sent with the same Message-ID if an admin retries it and the server then accepts it', async () => {
    const { server, app, reaches } = await aMail({ refuses: 1, code: 550 });
    const { id } = await reaches('failed');
    expect((await admin.at(app.url).post(`/jobs/${id}/retry`)).status).toBe(200);
    await reaches('completed');
    expect(server.received.map(({ raw }) => readMail(raw).headers['message-id'])).toEqual([`<${id}@aerie.example>`]);
  });
});

describe('a mail that the mail server refuses temporarily', () => {
  it('waits without using up attempts, and arrives once', async () => {
    const { server, reaches } = await aMail({ refuses: 2, code: 451 });
    const waiting = await reaches('retry');
    expect(waiting.output).toEqual({ message: 'The mail server is not accepting mail now (451)' });
    const done = await reaches('completed');
    expect(done.retry_limit - done.retry_count).toBe(5);
    expect(server.received).toHaveLength(1);
    expect(await ledger(done.id)).toHaveLength(1);
  });

  it('fails after it has waited for two days', async () => {
    const { reaches, to } = await aMail({ refuses: 99, code: 451 });
    await reaches('retry');
    await query(
      `update pgboss.job set created_on = now() - interval '49 hours', retry_limit = 0, start_after = now() where data->>'email' = $1`,
      [to],
    );
    expect((await reaches('failed')).output).toEqual({ message: 'The mail server is not accepting mail now (451)' });
  });
});

describe('a mail server', () => {
  it('that disconnects after it has received the whole mail gets it again with the same Message-ID', async () => {
    const { server, reaches } = await aMail({ drops: 1 });
    const { id } = await reaches('completed');
    expect(server.received.map(({ raw }) => readMail(raw).headers['message-id'])).toEqual([
      `<${id}@aerie.example>`,
      `<${id}@aerie.example>`,
    ]);
    expect(await ledger(id)).toHaveLength(1);
  });

  it('that is slow gets the mail once', async () => {
    const { server, reaches } = await aMail({ delayMs: 3000 });
    await reaches('completed');
    expect(server.received).toHaveLength(1);
  });
});

it('an accepted mail is not sent again if its job runs again', async () => {
  const { server, reaches, to } = await aMail({});
  const { id } = await reaches('completed');
  await query(`update pgboss.job set state = 'retry', completed_on = null, start_after = now() where id = $1`, [id]);
  await eventually(async () => ((await jobTo(to))[0]!.state === 'completed' ? true : undefined));
  expect((await jobTo(to))[0]!.retry_count).toBe(1);
  expect(server.received).toHaveLength(1);
});

it('an accepted mail is not sent again by the same process if the database could not record it', async () => {
  await query(`create function is_away() returns trigger language plpgsql as $$ begin raise 'away'; end $$`);
  await query('create trigger away before insert on sent_mails for each row execute function is_away()');
  const { server, reaches } = await aMail({});
  const { id } = await reaches('retry');
  await query('drop function is_away cascade');
  await reaches('completed');
  expect(server.received).toHaveLength(1);
  expect(await ledger(id)).toHaveLength(1);
});
