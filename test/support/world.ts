import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { query } from './database.js';

/** The password of all accounts in tests, as in the demo data. */
export const PASSWORD = 'Password1';
/** Its argon2id hash, computed once: hashing is slow, and no test here is about it. */
export const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$zVcswGpY35vctGuW/9J3KA$CENJO43ZFVoIKXUWeenAFeH61TO2uvsDY8f+6bTw5v4';

/** More than a busy machine needs: a request that is refused has waited for a second. */
const MAX_RETRIES = 99;

/**
 * Whether a request got no place to hash its password within one second, which is short on a busy machine. Such a request is
 * sent again. `.retry(0)` turns this off.
 */
function isHashingFull(_: unknown, { status, body }: Partial<request.Response> = {}): boolean {
  return status === 503 && (body as { detail?: string }).detail === 'Too many password checks at once, try again';
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A client that sends requests: `await user.post('/orders', { item_id: 1, quantity: 2 })`. */
export class Actor {
  constructor(
    readonly id: number,
    readonly email: string,
    readonly token: string | undefined,
    private readonly url?: string,
  ) {}

  get = (path: string) => this.send('get', path);
  post = (path: string, body?: object) => this.send('post', path, body);
  put = (path: string, body?: object) => this.send('put', path, body);
  patch = (path: string, body?: object) => this.send('patch', path, body);
  delete = (path: string) => this.send('delete', path);

  /** Returns the same account as a client of another application. */
  at(url: string): Actor {
    return new Actor(this.id, this.email, this.token, url);
  }

  /** Returns a request that can be extended, for example with headers or a raw body. */
  send(method: Method, path: string, body?: object): request.Test {
    const client = request(this.url ?? baseUrl);
    const test = client[method](path).retry(MAX_RETRIES, isHashingFull);
    if (this.token !== undefined) test.set('Authorization', `Bearer ${this.token}`);
    return body === undefined ? test : test.send(body);
  }
}

export const anon = new Actor(0, '', undefined);

/** Returns the clients of a test: without an account, a user, another user and an admin. */
export async function world(): Promise<{ anon: Actor; user: Actor; stranger: Actor; admin: Actor }> {
  const [user, stranger, admin] = await Promise.all([aUser(), aUser(), aUser({ role: 'admin' })]);
  return { anon, user, stranger, admin };
}

/** Creates an account and signs in. */
export async function aUser(given: { role?: 'user' | 'admin'; name?: string; email?: string } = {}): Promise<Actor> {
  const { role = 'user', name = 'Ann', email = `${randomUUID()}@example.com` } = given;
  const [row] = await query<{ id: number }>(
    'insert into users (email, name, role, password_hash) values ($1, $2, $3, $4) returning id',
    [email, name, role, PASSWORD_HASH],
  );
  return new Actor(row!.id, email, (await signIn(email)).access_token);
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

export async function signIn(email: string, password = PASSWORD, url = baseUrl): Promise<Tokens> {
  const answer = await anon.at(url).post('/auth/token').type('form').send({ username: email, password });
  if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${answer.text}`);
  return answer.body as Tokens;
}
