import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { mailFiles } from '../support/mail.js';
import { anon, aUser, PASSWORD, world } from '../support/world.js';

const SUBJECT = 'Subject: Welcome to Aerie';
const anAddress = () => `${randomUUID()}@example.com`;
const emailPath = (email: string) => `/email?email=${encodeURIComponent(email)}`;

const signUp = (email: string) => anon.post('/users', { email, name: 'Bob', password: PASSWORD });

/** Returns the text of the mail files that are addressed to this address. */
async function mailsTo(email: string): Promise<string[]> {
  const files = await mailFiles(join(dataDir, 'mail'));
  const mails = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return mails.filter((mail) => mail.includes(`\nTo: ${email}\n`));
}

const aMailTo = (email: string) => eventually(async () => (await mailsTo(email))[0]);

const jobsFor = (email: string) =>
  query<{ state: string }>(`select state from pgboss.job where data ->> 'email' = $1`, [email]);

describe('POST /email', () => {
  it('queues and sends the welcome mail to the address of the caller', async () => {
    const user = await aUser({ name: 'Ann Lee' });
    const answer = await user.post(emailPath(user.email));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ message: 'Email queued' });
    const mail = await aMailTo(user.email);
    expect(mail).toContain(SUBJECT);
    expect(mail).toContain('Hello Ann Lee,');
  });

  it('compares the address of the caller case-insensitively', async () => {
    const user = await aUser();
    expect((await user.post(emailPath(user.email.toUpperCase()))).status).toBe(200);
    expect(await jobsFor(user.email)).toHaveLength(1);
  });

  it('sends the welcome mail to any address for an admin', async () => {
    const { admin } = await world();
    const email = anAddress();
    expect((await admin.post(emailPath(email))).status).toBe(200);
    expect(await aMailTo(email)).toContain(`Hello ${email},`);
  });

  it('refuses any other address for ordinary users, whether it has an account or not', async () => {
    const { user, stranger } = await world();
    for (const email of [stranger.email, anAddress()]) {
      const answer = await user.post(emailPath(email));
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({ detail: 'Only an admin can send mail to another address' });
      expect(await jobsFor(email)).toEqual([]);
    }
  });

  it.each([
    ['ann', 'An email address must have an @-sign.'],
    ['@example.com', 'There must be something before the @-sign.'],
    ['ann@', 'There must be something after the @-sign.'],
    ['ann@example', 'The part after the @-sign is not valid. It should have a period.'],
    ['a b@example.com', 'It is not a valid address.'],
    ['ann@example.com\nBcc: eve@example.com', 'It is not a valid address.'],
  ])('refuses %j', async (email, reason) => {
    const { user } = await world();
    const answer = await user.post(emailPath(email));
    expect(answer.status).toBe(422);
    const msg = `value is not a valid email address: ${reason}`;
    expect(answer.body.detail).toEqual([
      { type: 'value_error', loc: ['query', 'email'], msg, input: email, ctx: { reason } },
    ]);
  });

  it('needs an address', async () => {
    const { user } = await world();
    const answer = await user.post('/email');
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      { type: 'missing', loc: ['query', 'email'], msg: 'Field required', input: null },
    ]);
  });

  it('needs a token', async () => {
    const answer = await anon.post(emailPath(anAddress()));
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });
});

describe('the welcome mail of a new account', () => {
  it('is sent once', async () => {
    const email = anAddress();
    expect((await signUp(email)).status).toBe(201);
    const mail = await aMailTo(email);
    expect(mail).toContain(SUBJECT);
    expect(mail).toContain('Hello Bob,');
    expect(mail).toMatch(/^Message-ID: <[\da-f-]{36}@aerie.example>$/m);
    const done = await eventually(async () => (await jobsFor(email)).find(({ state }) => state === 'completed'));
    expect(done).toEqual({ state: 'completed' });
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('is not queued if the account is not created', async () => {
    const { email } = await aUser();
    expect((await signUp(email)).status).toBe(409);
    expect(await jobsFor(email)).toEqual([]);
  });

  it('is not queued if the account is rolled back at the commit', async () => {
    await query(`create function refuse_doomed() returns trigger language plpgsql as $$
      begin if new.name = 'Doomed' then raise exception 'doomed'; end if; return new; end $$`);
    await query(`create constraint trigger doomed after insert on users deferrable initially deferred
      for each row execute function refuse_doomed()`);
    const email = anAddress();
    expectServerErrors();
    const answer = await anon.post('/users', { email, name: 'Doomed', password: PASSWORD });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ detail: 'Internal server error' });
    expect(await jobsFor(email)).toEqual([]);
    expect(await query('select 1 from users where email = $1', [email])).toEqual([]);
  });
});
