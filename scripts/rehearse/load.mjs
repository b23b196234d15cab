// Sends a mixed load to running builds: typical requests, on rows that the load creates and on some that existed
// before.
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from './api.mjs';
import { HOT } from './fill.mjs';

const CLIENTS = 4;
const PAUSE_MS = 10;
/** The number of created resources to remember: the newest, so that each migration's own are among them. */
const REMEMBERED = 400;

export class Load {
  /** Created resources that must not be lost: `{ path, as, body }`. */
  made = [];
  requests = 0;
  #isPaused = false;
  #isOver = false;
  #idle = 0;
  #clients = [];

  constructor(tokens, failed) {
    this.tokens = tokens;
    this.failed = failed;
  }

  /** Starts sending requests to this program, too. Returns a function that stops them. */
  add(program) {
    const api = new Api(program.url, this.tokens);
    const leaving = { is: false };
    const clients = Array.from({ length: CLIENTS }, () => this.#client(program, api, leaving));
    this.#clients.push(...clients);
    return async () => {
      leaving.is = true;
      await Promise.all(clients);
    };
  }

  /** Pauses the load, waits for its open requests, and runs `work`. */
  async quietly(work) {
    this.#isPaused = true;
    while (this.#idle < this.#clients.length) await sleep(5);
    try {
      return await work();
    } finally {
      this.#isPaused = false;
    }
  }

  async end() {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #client(program, api, leaving) {
    while (!this.#isOver && !leaving.is) {
      if (this.#isPaused) {
        this.#idle++;
        while (this.#isPaused && !this.#isOver && !leaving.is) await sleep(5);
        this.#idle--;
        continue;
      }
      const action = ACTIONS[Math.floor(Math.random() * ACTIONS.length)];
      const [method, path, options] = action(this.made);
      const answer = await api.send(method, path, options);
      this.requests++;
      if (answer.status === 0 || answer.status >= 500) this.failed(program, `${method} ${path}`, answer);
      if (answer.status === 201 && answer.body.id !== undefined) this.#remember(path, options, answer.body);
      await sleep(PAUSE_MS);
    }
    this.#idle++; // a client that has stopped counts as idle
  }

  #remember(path, { as }, body) {
    if (!READABLE.has(path)) return;
    this.made.push({ path: `${path}/${body.id}`, as, body });
    if (this.made.length > REMEMBERED) this.made.shift();
  }

  /** Returns sentences about created resources that are missing or have other values now. */
  async lost(program) {
    const api = new Api(program.url, this.tokens);
    const gone = [];
    for (const { path, as, body } of this.made) {
      const answer = await api.sendPatiently('GET', path, { as });
      const field = FIXED.find((name) => name in body && answer.body?.[name] !== body[name]);
      if (answer.status !== 200) gone.push(`${path} was created meanwhile, and now returns ${answer.status}`);
      else if (field !== undefined)
        gone.push(
          `${path} was created with ${field} ${JSON.stringify(body[field])}, and now has ${JSON.stringify(answer.body[field])}`,
        );
    }
    return gone;
  }
}

/** Collections whose resources have an address that the owner may read. */
const READABLE = new Set(['/items', '/orders', '/api/v1/posts']);
/** Fields that the load never changes. */
const FIXED = ['title', 'price_cents', 'quantity', 'item_id', 'total_cents'];

const some = (most) => 1 + Math.floor(Math.random() * most);
const one = (list) => list[Math.floor(Math.random() * list.length)];
const ordered = (made) => one(made.filter(({ path }) => path.startsWith('/orders/')))?.path ?? '/orders/0';

const ACTIONS = [
  () => ['GET', `/items/${some(10_000)}`, {}],
  () => ['GET', `/orders/${some(10_000)}`, { as: 'admin' }],
  () => ['GET', `/users/${some(10_000)}`, { as: 'admin' }],
  () => ['GET', `/api/v1/posts/${some(10_000)}`, {}],
  () => ['GET', '/orders?limit=20', { as: 'admin' }],
  () => ['GET', '/items?limit=20&search=words', {}],
  () => ['GET', '/users?limit=20', { as: 'admin' }],
  () => ['GET', '/export', { as: 'user' }],
  () => ['GET', '/audit?limit=20', { as: 'admin' }],
  () => ['GET', '/auth/sessions', { as: 'user' }],
  () => [
    'POST',
    '/orders',
    {
      as: 'user',
      body: { item_id: some(HOT), quantity: some(3) },
      headers: { 'idempotency-key': crypto.randomUUID() },
    },
  ],
  () => ['POST', '/orders', { as: 'user', body: { item_id: some(HOT), quantity: 1 } }],
  (made) => ['POST', `${ordered(made)}/payment`, { as: 'admin' }],
  () => ['POST', '/items', { as: 'admin', body: { name: `Thing ${some(1000)}`, price_cents: some(1000), stock: 10 } }],
  () => ['PATCH', `/items/${some(HOT)}`, { as: 'admin', body: { description: `Described ${some(1000)}` } }],
  () => ['POST', '/api/v1/posts', { as: 'user', body: { title: `Post ${some(1000)}`, body: 'Words.' } }],
  () => ['PATCH', '/profile', { as: 'user', body: { bio: `Bio ${some(1000)}` } }],
  () => [
    'POST',
    '/users',
    { as: 'nobody', body: { email: `${crypto.randomUUID()}@rehearsal.example`, name: 'Cy', password: 'Password1' } },
  ],
  () => [
    'POST',
    '/auth/token',
    { form: { username: 'user2@rehearsal.example', password: one(['Password1', 'Wrong-Password1']) } },
  ],
  () => ['POST', '/auth/access-tokens', { as: 'user', body: { name: 'script', scope: 'read', expires_in_days: 3 } }],
];
