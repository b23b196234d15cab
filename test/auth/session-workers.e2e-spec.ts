import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, type Program } from '../support/processes.js';
import { claimsOf } from '../support/tokens.js';

const WORKERS = 2;

let database: OwnDatabase;
let app: Program;
let api: string;

beforeAll(async () => {
  database = await ownDatabase();
  const DATA_DIR = aFolder();
  const JWT_SECRET_FILE = join(DATA_DIR, 'secret'); // workers get the path of the file
  writeFileSync(JWT_SECRET_FILE, `${randomBytes(32).toString('base64')}\n`);
  const env = { DATA_DIR, DATABASE_URL: database.url, JWT_SECRET_FILE, LOG_LEVEL: 'info' };
  app = aerie({ ...env, WORKERS: String(WORKERS) });
  api = await app.address();
});

interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** Sends a request on a new connection, which may reach another worker. */
const call = (method: string, path: string, token: string, body?: object) =>
  fetch(api + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, Connection: 'close', 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

let people = 0;

interface Account {
  readonly id: number;
  readonly email: string;
}

async function anAccount(role = 'user'): Promise<Account> {
  const email = `person${++people}@example.com`;
  const body = JSON.stringify({ email, name: 'Ann', password: 'Password1' });
  const answer = await fetch(`${api}/users`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const { id } = (await answer.json()) as { id: number };
  await database.query('update users set role = $1 where id = $2', [role, id]);
  return { id, email };
}

const anAdmin = async () => (await signIn(await anAccount('admin'))).access_token;

async function signIn({ email }: { email: string }): Promise<Tokens> {
  const body = new URLSearchParams({ username: email, password: 'Password1' });
  return (await (await fetch(`${api}/auth/token`, { method: 'POST', body })).json()) as Tokens;
}

const refresh = ({ refresh_token }: Tokens) =>
  fetch(`${api}/auth/refresh`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
    body: JSON.stringify({ refresh_token }),
  });

/** Sends this request until every worker has answered it. Returns the distinct statuses. */
async function everywhere(path: string, { access_token }: Tokens): Promise<number[]> {
  const ids = new Map<string, number>();
  await eventually(async () => {
    const { status, headers } = await call('GET', path, access_token);
    ids.set(headers.get('x-request-id')!, status);
    return workersOf(ids).size === WORKERS || undefined;
  });
  return [...new Set(ids.values())];
}

/** Returns the process ids of the workers that have logged one of these requests. */
function workersOf(ids: ReadonlyMap<string, unknown>): Set<number> {
  const lines = app.output.split('\n').filter((line) => line.includes('"msg":"request"'));
  const entries = lines.map((line) => JSON.parse(line) as { pid: number; request_id: string });
  return new Set(entries.filter(({ request_id }) => ids.has(request_id)).map(({ pid }) => pid));
}

const sid = ({ access_token }: Tokens) => claimsOf(access_token)['sid'] as string;

/** Shows the token to every worker, so that each has it in its cache. */
async function known(tokens: Tokens, path = '/users/me'): Promise<Tokens> {
  expect(await everywhere(path, tokens)).toEqual([200]);
  return tokens;
}

describe('across all workers,', () => {
  it.each<[string, (tokens: Tokens, account: Account) => Promise<unknown>]>([
    ['a logout', ({ access_token }) => call('POST', '/auth/logout', access_token)],
    ['ending a session', (tokens) => call('DELETE', `/auth/sessions/${sid(tokens)}`, tokens.access_token)],
    ['ending all sessions as an admin', async (_, { id }) => call('DELETE', `/users/${id}/sessions`, await anAdmin())],
    ['deleting an account', ({ access_token }, { id }) => call('DELETE', `/users/${id}`, access_token)],
    [
      'deactivating an account',
      async (_, { id }) => call('POST', `/users/${id}/deactivation`, await anAdmin(), { reason: 'has left' }),
    ],
    [
      'a password change in another session',
      async (_, account) => {
        const passwords = { current_password: 'Password1', new_password: 'Password2' };
        await call('PUT', '/users/me/password', (await signIn(account)).access_token, passwords);
      },
    ],
    [
      'reuse of a refresh token',
      async (tokens, { id }) => {
        await refresh(tokens);
        await database.query(`update sessions set rotated_at = rotated_at - interval '10 s' where user_id = $1`, [id]);
        expect((await refresh(tokens)).status).toBe(400);
      },
    ],
  ])('%s takes effect immediately', async (_, end) => {
    const account = await anAccount();
    const tokens = await known(await signIn(account));
    await end(tokens, account);
    expect(await everywhere('/users/me', tokens)).toEqual([401]);
    expect((await refresh(tokens)).status).toBe(400);
  });

  it('fifty refreshes with one token return the same next token', async () => {
    const account = await anAccount();
    for (let round = 0; round < 4; round++) {
      const tokens = await signIn(account);
      const all = await Promise.all(Array.from({ length: 50 }, () => refresh(tokens)));
      const answers = all.filter(({ status }) => status !== 503); // a busy machine refuses some
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const next = await Promise.all(answers.map(async (answer) => (await answer.json()) as Tokens));
      expect(new Set(next.map(({ refresh_token }) => refresh_token)).size).toBe(1);
      expect((await refresh(next[0]!)).status).toBe(200);
    }
    const families = 'select 1 from sessions where user_id = $1 and revoked_at is null';
    expect(await database.query(families, [account.id])).toHaveLength(4);
  });

  it('a role change takes effect immediately, in both directions', async () => {
    const account = await anAccount('admin');
    const tokens = await known(await signIn(account), '/users');
    const admin = await anAdmin();
    await call('PUT', `/users/${account.id}/role`, admin, { role: 'user', reason: 'less to do' });
    expect(await everywhere('/users', tokens)).toEqual([403]);
    await call('PUT', `/users/${account.id}/role`, admin, { role: 'admin', reason: 'more to do' });
    expect(await everywhere('/users', tokens)).toEqual([200]);
  });
});
