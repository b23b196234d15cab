import { randomUUID } from 'node:crypto';
import { aMinuteLater, tokenIn } from '../support/account-tokens.js';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { anon, aUser, PASSWORD, type Actor } from '../support/world.js';

interface Mail {
  readonly id: string;
  readonly to: string;
  readonly text: string;
}

/** The addresses to which mails cannot be sent now. */
const blocked = new Set<string>();
const sent: Mail[] = [];
let app: RunningApp;
let users: Actor[];

const anAddress = () => `${randomUUID()}@example.com`;
const tokensTo = (email: string) =>
  sent.filter(({ to }) => to === email).map((mail) => tokenIn({ headers: {}, html: '', ...mail }));
const change = (user: Actor, email: string) => user.put('/users/me/email', { email, current_password: PASSWORD });
const emailOf = async (user: Actor) => (await user.get('/users/me')).body.email as string;

/** Waits until the oldest job with a token for this address is in the state, and returns its id. */
const reaches = (email: string, state: string) =>
  eventually(async () => {
    const [job] = await query<{ id: string; state: string }>(
      `select id, state::text from pgboss.job where name in ('email-change-mail', 'password-reset-mail')
       and data->>'email' = $1 order by created_on limit 1`,
      [email],
    );
    return job?.state === state ? job.id : undefined;
  });

/** Lets the mail server accept mails to this address, and waits until the oldest job for it has completed. */
async function unblock(email: string) {
  blocked.delete(email);
  await query(`update pgboss.job set start_after = now() where data->>'email' = $1 and state = 'retry'`, [email]);
  await reaches(email, 'completed');
}

async function send(mail: Mail): Promise<void> {
  if (blocked.has(mail.to)) throw new Error('The mail server is busy');
  sent.push(mail);
}

beforeAll(async () => {
  users = await Promise.all([aUser(), aUser(), aUser()]);
  await stopApp(); // its workers would take the jobs
  app = await startApp({ providers: { Mailer: { send } } });
});

afterAll(() => app.stop());

/** An account and new addresses for it, to which mails cannot be sent yet. */
function anAccount() {
  const emails = [anAddress(), anAddress()] as const;
  for (const email of emails) blocked.add(email);
  return { user: users.pop()!.at(app.url), emails };
}

it('a changed password cancels all requested addresses for good, also those whose mails are still to be sent', async () => {
  const { user, emails } = anAccount();
  for (const email of emails) {
    await change(user, email);
    await reaches(email, 'retry');
  }
  const changed = await user.put('/users/me/password', { current_password: PASSWORD, new_password: 'Password2' });
  expect(changed.status).toBe(204);
  for (const email of emails) {
    await unblock(email);
    expect(tokensTo(email)).toEqual([]);
  }
  expect(await query('select 1 from account_tokens where user_id = $1 and used_at is null', [user.id])).toEqual([]);
});

it('the mail of an earlier address that is sent late does not replace the token of the newest one', async () => {
  const { user, emails } = anAccount();
  const [slip, meant] = emails;
  for (const email of emails) {
    await change(user, email);
    await reaches(email, 'retry');
  }
  await unblock(meant);
  await unblock(slip);
  expect(tokensTo(slip)).toEqual([]);
  const [token] = tokensTo(meant);
  expect((await anon.at(app.url).post('/auth/email/verify', { token })).status).toBe(204);
  expect(await emailOf(user)).toBe(meant);
});

it('the mail of an earlier password reset that is sent late contains no token once a newer one was used', async () => {
  const user = users.pop()!;
  const forgot = () => anon.at(app.url).post('/auth/password/forgot', { email: user.email });
  blocked.add(user.email);
  await forgot();
  const first = await reaches(user.email, 'retry');
  await query(`update pgboss.job set start_after = now() + interval '1 hour' where id = $1`, [first]);
  await aMinuteLater(user.id);
  blocked.delete(user.email);
  await forgot();
  const token = await eventually(() => Promise.resolve(tokensTo(user.email)[0]));
  const reset = await anon.at(app.url).post('/auth/password/reset', { token, new_password: 'Password2' });
  expect(reset.status).toBe(204);
  await unblock(user.email);
  expect(tokensTo(user.email).filter(Boolean)).toEqual([token]);
});
