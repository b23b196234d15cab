import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { query } from './database.js';

/** Everybody's in the tests, as in the demo. */
export const PASSWORD = 'Password1';
/** Its argon2id hash, made once: hashing takes time that no test is about. */
export const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$zVcswGpY35vctGuW/9J3KA$CENJO43ZFVoIKXUWeenAFeH61TO2uvsDY8f+6bTw5v4';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Somebody who sends requests: `await user.post('/orders', { item_id: 1, quantity: 2 })`. */
export class Actor {
  constructor(
    readonly id: number,
    readonly email: string,
    readonly token: string | undefined,
    private readonly url: string = baseUrl,
  ) {}

  get = (path: string) => this.send('get', path);
  post = (path: string, body?: object) => this.send('post', path, body);
  put = (path: string, body?: object) => this.send('put', path, body);
  patch = (path: string, body?: object) => this.send('patch', path, body);
  delete = (path: string) => this.send('delete', path);

  /** The same person at another application. */
  at(url: string): Actor {
    return new Actor(this.id, this.email, this.token, url);
  }

  /** A request to be refined: headers, raw bodies. */
  send(method: Method, path: string, body?: object): request.Test {
    const test = request(this.url)[method](path);
    if (this.token !== undefined) test.set('Authorization', `Bearer ${this.token}`);
    return body === undefined ? test : test.send(body);
  }
}

export const anon = new Actor(0, '', undefined);

/** The people of a test: one who signed up, a stranger, an admin. */
export async function world(): Promise<{ anon: Actor; user: Actor; stranger: Actor; admin: Actor }> {
  const [user, stranger, admin] = await Promise.all([aUser(), aUser(), aUser({ role: 'admin' })]);
  return { anon, user, stranger, admin };
}

/** A new account, signed in. */
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
  const ask = () => request(url).post('/auth/token').type('form').send({ username: email, password });
  let answer = await ask();
  for (let tries = 1; answer.status === 503 && tries < 10; tries++) {
    await sleep(1000); // many sign in at once, and the machine is busy
    answer = await ask();
  }
  if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${answer.text}`);
  return answer.body as Tokens;
}
