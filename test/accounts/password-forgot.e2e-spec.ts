import { tokenIn } from '../support/account-tokens.js';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { readMailsTo } from '../support/mail.js';
import { holdJobs } from '../support/subjects.js';
import { Wiretap } from '../support/wiretap.js';
import { anon, aUser, type Actor } from '../support/world.js';

const forgot = (email: string, at: { url: string }) => anon.at(at.url).post('/auth/password/forgot', { email });

let user: Actor;
let disabled: Actor;
let linked: Actor;

beforeAll(async () => {
  [user, disabled, linked] = await Promise.all([aUser(), aUser(), aUser()]);
  await query('update users set is_active = false where id = $1', [disabled.id]);
  await stopApp(); // its workers would take the jobs
});

it('a mail that is sent again after a failure contains the same valid token', async () => {
  const tokens: string[] = [];
  const send = async (mail: { text: string }) => {
    tokens.push(tokenIn({ headers: {}, html: '', ...mail })!);
    if (tokens.length === 1) throw new Error('The mail server is busy');
  };
  const app = await startApp({ providers: { Mailer: { send } } });
  await forgot(user.email, app);
  const second = await eventually(() => Promise.resolve(tokens[1]));
  expect(second).toBe(tokens[0]);
  const body = { token: second, new_password: 'Password2' };
  expect((await anon.at(app.url).post('/auth/password/reset', body)).status).toBe(204);
  await app.stop();
});

it('the mail links to the configured front end, with the token in the URL fragment', async () => {
  const app = await startApp({ env: { APP_URL: 'https://example.com/app/' } });
  await forgot(linked.email, app);
  const [mail] = await eventually(async () => readMailsTo(linked.email));
  const address = `https://example.com/app/reset-password#token=${tokenIn(mail!)}`;
  expect(mail!.text).toContain(`Set a new password:\n${address}\n`);
  expect(mail!.html).toContain(`href="${address}"`);
  await app.stop();
});

describe('known, unknown and disabled accounts', () => {
  const ROUNDS = 20;
  let tap: Wiretap;
  let app: RunningApp;
  let emails: string[];

  beforeAll(async () => {
    await holdJobs();
    tap = await Wiretap.start();
    app = await startApp({ env: { DATABASE_URL: tap.url } });
    emails = [user.email, disabled.email, 'nobody@example.com'];
    for (const email of emails) await forgot(email, app);
  });

  afterAll(() => tap.stop());

  it('get the same answer after the same SQL statements, none of which uses the users table', async () => {
    const seen: object[] = [];
    for (const email of emails) {
      const { answer, statements } = await tap.during(() => forgot(email, app));
      expect(statements.filter((text) => /\busers\b/.test(text))).toEqual([]);
      seen.push({ status: answer.status, body: answer.body as object, statements });
    }
    const message = 'If the address has an account, a mail is on its way';
    expect(seen[0]).toMatchObject({ status: 200, body: { message } });
    expect(seen.slice(1)).toEqual([seen[0], seen[0]]);
  });

  it('produce the same rows: one job per request, and no token', async () => {
    const before = await query<{ count: number }>('select count(*)::int as count from account_tokens');
    const ofJobs = `select count(*)::int as count from pgboss.job where data ->> 'email' = $1`;
    for (const email of emails) {
      const [{ count }] = (await query<{ count: number }>(ofJobs, [email])) as [{ count: number }];
      for (let i = 0; i < ROUNDS; i++) await forgot(email, app);
      expect(await query(ofJobs, [email])).toEqual([{ count: count + ROUNDS }]);
    }
    expect(await query('select count(*)::int as count from account_tokens')).toEqual(before);
  });
});
