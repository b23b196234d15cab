import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { anAccessToken } from '../support/access-tokens.js';
import { Canaries, plant, summarized } from './canaries.js';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { OPERATIONS, sampleOf, schemasOf, send, type Operation, type Schema } from '../support/operations.js';
import { resourceOf, SUBJECTS } from '../support/resources.js';
import { idsFor } from '../support/subjects.js';
import { enrolled } from '../support/totp.js';
import { Actor, PASSWORD, signIn, world } from '../support/world.js';

const canaries = new Canaries();
let app: RunningApp;
let people: Record<string, Actor>;
let ids: Record<string, unknown>;
const leaks: string[] = [];
let answers = 0;

beforeAll(async () => {
  app = await startApp({ env: { LOG_LEVEL: 'trace' } });
  const { anon, user, stranger, admin } = await world();
  people = { anon, user, stranger, admin };
  const names = Object.keys(SUBJECTS).filter((name) => name !== 'token_id'); // its subject is created below
  ids = await idsFor(user, names);
  const { access_token, refresh_token } = await signIn(stranger.email);
  canaries.add(access_token, 'an access token').concat(canaries.add(refresh_token, 'a refresh token'));
  for (const [name, { token }] of Object.entries(people)) if (token) canaries.add(token, `the access token of ${name}`);
  canaries.add('only-for-tests-and-at-least-32-bytes-long', 'the JWT secret');
  const { password } = new URL(databaseUrl);
  if (password.length > 7) canaries.add(password, 'the password of the database');
  const { secret, recovery_codes } = await enrolled(stranger);
  canaries.add(secret, 'the secret of a second factor');
  for (const code of recovery_codes) canaries.add(code, 'a recovery code');
  canaries.add((await anAccessToken(user, 'write')).token, 'an access token for scripts');
  await plant(canaries);
  const [totp] = await query<{ hashes: string[] }>('select recovery_hashes as hashes from totps');
  for (const hash of totp!.hashes) canaries.add(hash, 'the hash of a recovery code');
  for (const [name, { id: user_id }] of Object.entries(people)) {
    const sessions = await query<{ id: string }>('select id from sessions where user_id = $1', [user_id]);
    for (const { id } of sessions) canaries.add(id, `the id of a session of ${name}`);
  }
});

/** What is not a leak: accounts may see their own sessions, and admins the audit trail. */
const MAY_BE_TOLD = [
  /^(\w+): GET \/auth\/sessions → 200 tells the id of a session of \1$/,
  /^admin: GET \/audit → 200 tells audit_events\.(action|subject|request_id|details)$/,
];

/** Searches the text and the headers of an answer for canaries. */
async function searched(what: string, asked: request.Test): Promise<request.Response> {
  const answer = await asked.ok(() => true).buffer(true);
  answers++;
  const text = answer.text + JSON.stringify(answer.headers) + JSON.stringify(answer.body);
  leaks.push(
    ...canaries
      .leaksIn(`${what} → ${answer.status}`, text)
      .filter((leak) => !MAY_BE_TOLD.some((told) => told.test(leak))),
  );
  return answer;
}

const ENDS: ReadonlySet<string> = new Set(['signOut', 'disableUser', 'changePassword']);

/** Returns the position of an operation in the order: those that end sessions or accounts come last. */
function weight({ method, operationId }: Operation): number {
  return method === 'delete' ? 2 : ENDS.has(operationId) ? 1 : 0;
}

/** Whether a field may hold a secret. A number, such as a country's calling code, is none. */
function isText({ type, anyOf = [] }: Schema = { type: 'string' }): boolean {
  return [type, ...anyOf.map((one) => one.type)].flat().includes('string');
}

it('no operation returns a secret to any caller', async () => {
  for (const operation of OPERATIONS.toSorted((a, b) => weight(a) - weight(b))) {
    for (const [name, actor] of Object.entries(people)) {
      const email = `canary-${answers}@example.com`;
      const password = `Aa1${canaries.next(`the password that ${name} sent to ${operation.key}`)}`;
      const refresh_token = canaries.next(`the refresh token that ${name} sent to ${operation.key}`);
      const client_secret = canaries.next(`the client secret that ${name} sent to ${operation.key}`);
      const code = canaries.next(`the code that ${name} sent to ${operation.key}`);
      const passwords = { password, current_password: password, new_password: password };
      const token = canaries.next(`the token of a mail that ${name} sent to ${operation.key}`);
      const sent = { ...passwords, token, email, username: email, refresh_token, client_secret, code, otp: code };
      const shown = new Set(Object.values(resourceOf(operation.tags[0]!)?.shows ?? {}).flat());
      const schemas = schemasOf(operation);
      const secrets = Object.entries(sent).filter(([name]) => !shown.has(name) && isText(schemas[name]));
      const sample = sampleOf(operation, { ...ids, ...Object.fromEntries(secrets) });
      await searched(`${name}: ${operation.key}`, send(actor.at(app.url), operation, sample));
    }
  }
  expect(answers).toBe(OPERATIONS.length * 4);
  expect(summarized(leaks.splice(0))).toEqual([]);
});

describe('a rejected secret is not repeated in the response', () => {
  it('if it is sent as a token or as a cookie', async () => {
    for (const { method, path } of OPERATIONS) {
      const ask = () => request(app.url)[method](path.replaceAll(/\{\w+\}/g, '1'));
      for (const scheme of ['Bearer', 'Basic', 'Token']) {
        const sent = `${scheme} ${canaries.next(`the ${scheme} credential sent to ${path}`)}`;
        await searched(`${scheme}: ${path}`, ask().set('Authorization', sent));
      }
      await searched(`cookie: ${path}`, ask().set('Cookie', `session=${canaries.next('a cookie')}`));
    }
    expect(summarized(leaks.splice(0))).toEqual([]);
  });

  it.each<[string, (secret: string) => unknown]>([
    ['without an upper-case letter', (secret) => secret.toLowerCase()],
    ['that is too long', (secret) => secret.repeat(50)],
    ['in a list', (secret) => [secret]],
    ['in an object', (secret) => ({ deep: { secret } })],
  ])('if it is sent as a password %s', async (_what, spoil) => {
    const secret = canaries.next('a refused password');
    canaries.add(secret.toLowerCase(), 'a refused password');
    const password = spoil(secret);
    const nobody = request(app.url);
    await searched('sign-up', nobody.post('/users').send({ email: 'no', password }));
    await searched('sign-up', nobody.post('/users').send({ user: { password } }));
    await searched(
      'sign-in',
      nobody
        .post('/auth/token')
        .type('form')
        .send({ password: String(password), grant_type: 'x' }),
    );
    await searched('sign-in', nobody.post('/auth/token').send({ username: [], password, client_secret: password }));
    await searched('refresh', nobody.post('/auth/refresh').send({ refresh_token: password }));
    expect(summarized(leaks.splice(0))).toEqual([]);
  });

  it('if it is a wrong password for an existing account', async () => {
    const password = canaries.next('a wrong password');
    const form = { username: people['admin']!.email, password, client_secret: canaries.next('a client secret') };
    const answer = await searched('sign-in', request(app.url).post('/auth/token').type('form').send(form));
    expect(answer.status).toBe(401);
    expect(summarized(leaks.splice(0))).toEqual([]);
  });

  it('if it is sent as a second factor code, with or without a password', async () => {
    const otp = canaries.next('a wrong code');
    for (const password of [PASSWORD, 'Password2']) {
      const form = { username: people['stranger']!.email, password, otp };
      const answer = await searched('sign-in', request(app.url).post('/auth/token').type('form').send(form));
      expect(answer.status).toBe(401);
    }
    const nobody = request(app.url);
    await searched(
      'sign-in',
      nobody
        .post('/auth/token')
        .type('form')
        .send({ otp: otp.repeat(10) }),
    );
    for (const path of ['/auth/totp/confirmation', '/auth/totp/recovery-codes']) {
      for (const code of [otp, otp.repeat(10), [otp], { otp }]) {
        await searched(path, people['stranger']!.at(app.url).post(path, { password: PASSWORD, code }));
      }
    }
    expect(summarized(leaks.splice(0))).toEqual([]);
  });

  it('if the database fails to store the account', async () => {
    await query(`create function refuse_doomed() returns trigger language plpgsql as $$
      begin if new.name = 'Doomed' then raise exception 'doomed'; end if; return new; end $$`);
    await query('create trigger doomed before insert on users for each row execute function refuse_doomed()');
    const password = `Aa1${canaries.next('the password of an account that could not be stored')}`;
    expectServerErrors();
    const body = { email: 'doomed@example.com', name: 'Doomed', password };
    expect((await searched('sign-up', request(app.url).post('/users').send(body))).status).toBe(500);
    expect(summarized(leaks.splice(0))).toEqual([]);
  });
});

describe('no secret appears', () => {
  it('in the log, even at the trace level', () => {
    expect(app.logs.length).toBeGreaterThan(answers / 2);
    const lines = [...app.logs, ...logs].map((line) => JSON.stringify(line));
    expect(lines.flatMap((line) => canaries.leaksIn(line.slice(0, 300), line))).toEqual([]);
    expect(lines.filter((line) => line.includes('$argon2id$') || line.includes(PASSWORD))).toEqual([]);
  });

  it('in the mails', async () => {
    const folder = join(dataDir, 'mail');
    const mails = await eventually(async () => {
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.length > 0 ? names : undefined;
    });
    for (const name of mails) {
      const mail = readFileSync(join(folder, name), 'utf8');
      expect(canaries.leaksIn(name, mail)).toEqual([]);
    }
  });

  it('in the jobs', async () => {
    const jobs = await query<{ name: string; job: string }>(
      `select name, row_to_json(job)::text as job from pgboss.job job where name <> 'dead-letters'`,
    );
    expect(jobs.length).toBeGreaterThan(0);
    expect(jobs.flatMap(({ name, job }) => canaries.leaksIn(`the job ${name}`, job))).toEqual([]);
  });

  it('in the audit trail', async () => {
    const events = await query<{ action: string; event: string }>(
      `select action, to_jsonb(event) - 'internal_note' as event from audit_events event where action not like 'CANARY%'`,
    );
    const found = events.flatMap(({ action, event }) => canaries.leaksIn(`the event ${action}`, JSON.stringify(event)));
    expect(events.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});
