// Requests that show whether a build works. They create, read, list, change and delete every kind of resource, with all
// bodies that the contract allows. They also cover accounts, sessions, tokens, second factors, exports and imports. Two
// runs on the same schema show which parts of the responses never change. These parts must be the same on the next
// schema.
import { setTimeout as sleep } from 'node:timers/promises';
import { TOTP, Secret } from 'otpauth';
import { Api } from './api.mjs';
import { bodiesOf, bodySchema } from './bodies.mjs';
import { ADMIN, HOT, PASSWORD, USER } from './fill.mjs';

const EXPORT_WITHIN_MS = 60_000;
/** A job of an earlier request may add a row between the pages. */
const MOST_TRIES = 5;
const COLLECTIONS = ['/items', '/api/v1/posts', '/users', '/auth/access-tokens'];

/** Signs in at one program. The tokens are valid at the other program as well. */
export async function signIn({ url }) {
  const tokens = await Promise.all([ADMIN, USER].map(({ email }) => new Api(url).token(email)));
  return { admin: tokens[0], user: tokens[1] };
}

/** Sends all requests. Returns the responses by the names of the requests. */
export async function smoke(program, document, tokens) {
  const run = new Smoke(new Api(program.url, tokens), document);
  await run.reads();
  for (const path of COLLECTIONS) await run.collection(path);
  await run.profile();
  await run.orders();
  await run.account();
  await run.exports();
  await run.lists();
  return run.answers;
}

class Smoke {
  answers = new Map();

  constructor(api, document) {
    this.api = api;
    this.document = document;
  }

  async ask(name, method, path, options = {}) {
    const answer = await this.api.sendPatiently(method, path, { as: 'admin', ...options });
    this.answers.set(this.answers.has(name) ? `${name} (${this.answers.size})` : name, answer);
    return answer;
  }

  /** Reads rows that existed before and that nothing changes. */
  async reads() {
    for (const path of ['/', '/health/ready']) await this.ask(`GET ${path}`, 'GET', path);
    for (const path of ['/items', '/orders', '/users', '/api/v1/posts'])
      for (let id = HOT + 1; id < HOT + 40; id += 3) await this.ask(`GET ${path}/${id}`, 'GET', `${path}/${id}`);
  }

  async collection(path) {
    const one = Object.keys(this.document.paths).find(
      (other) => other.startsWith(`${path}/{`) && !other.slice(path.length + 2).includes('/'),
    );
    const given = { email: () => `${crypto.randomUUID()}@rehearsal.example`, password: () => PASSWORD };
    for (const [name, body] of this.#bodies('post', path, given)) {
      const made = await this.ask(`POST ${path}, ${name}`, 'POST', path, { body });
      const { id } = made.body ?? {};
      if (made.status !== 201 || one === undefined) continue;
      const at = `${path}/${id}`;
      await this.ask(`GET ${one}, ${name}`, 'GET', at);
      if (name === 'usual') await this.#changes(one, at);
      if (name !== 'again') await this.ask(`DELETE ${one}, ${name}`, 'DELETE', at);
    }
  }

  /** Orders the most of the dearest item, with the longest key. */
  async #largestOrder() {
    const high = (path) => Object.fromEntries(this.#bodies('post', path, {})).high;
    const item = await this.ask('POST /items, the dearest', 'POST', '/items', { body: high('/items') });
    const body = { ...high('/orders'), item_id: item.body?.id };
    const headers = { 'idempotency-key': longKey() };
    const placed = await this.ask('POST /orders, the largest', 'POST', '/orders', { as: 'user', body, headers });
    await this.ask('GET order, the largest', 'GET', `/orders/${placed.body?.id}`);
  }

  async #changes(one, at) {
    for (const method of ['patch', 'put']) {
      const stale = { body: this.#bodies(method, one, {})[0]?.[1], headers: { 'if-match': '"999999"' } };
      if (stale.body)
        await this.ask(`${method.toUpperCase()} ${one} of another version`, method.toUpperCase(), at, stale);
      for (const [name, body] of this.#bodies(method, one, {})) {
        const headers = { 'if-match': '*' };
        await this.ask(`${method.toUpperCase()} ${one}, ${name}`, method.toUpperCase(), at, { body, headers });
        await this.ask(`GET ${one} after ${method}, ${name}`, 'GET', at);
      }
    }
    if (!one.startsWith('/users/')) return;
    for (const role of ['admin', 'user'])
      await this.ask(`PUT role ${role}`, 'PUT', `${at}/role`, { body: { role, reason: 'rehearsal' } });
    for (const method of ['POST', 'DELETE'])
      await this.ask(`${method} deactivation`, method, `${at}/deactivation`, { body: { reason: 'rehearsal' } });
    await this.ask('DELETE sessions of a user', 'DELETE', `${at}/sessions`);
  }

  async profile() {
    for (const [name, body] of this.#bodies('patch', '/profile', {})) {
      await this.ask(`PATCH /profile, ${name}`, 'PATCH', '/profile', { as: 'user', body });
      await this.ask(`GET /profile after ${name}`, 'GET', '/profile', { as: 'user' });
    }
    for (const path of ['/users/me', '/dashboard', '/auth/sessions', '/auth/totp', '/users/2/posts'])
      await this.ask(`GET ${path}`, 'GET', path, { as: 'user' });
  }

  async orders() {
    const body = { name: 'Rehearsed', price_cents: 250, stock: 100_000 };
    const item = await this.ask('POST /items for orders', 'POST', '/items', { body });
    const given = { item_id: () => item.body?.id, quantity: () => 3 };
    const steps = ['payment', 'shipment', 'cancellation', 'payment'];
    for (const [name, order] of this.#bodies('post', '/orders', given)) {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const place = (again) =>
        this.ask(`POST /orders, ${name}${again}`, 'POST', '/orders', { as: 'user', body: order, headers });
      const placed = await place('');
      await place(', with the same key');
      const at = `/orders/${placed.body?.id}`;
      await this.ask(`GET order, ${name}`, 'GET', at, { as: 'user' });
      for (const step of name === 'least' ? ['cancellation'] : steps) {
        await this.ask(`POST ${step}, ${name}`, 'POST', `${at}/${step}`);
        await this.ask(`GET order after ${step}, ${name}`, 'GET', at);
      }
    }
    await this.#largestOrder();
    await this.ask('DELETE an item that was ordered', 'DELETE', `/items/${item.body?.id}`);
    await this.ask('GET /export', 'GET', '/export', { as: 'user' });
  }

  /** Does everything that users do with their own account. */
  async account() {
    const email = `${crypto.randomUUID()}@rehearsal.example`;
    await this.ask('sign up', 'POST', '/users', { as: 'nobody', body: { email, name: 'Bea', password: PASSWORD } });
    const again = { email, name: 'Bea', password: PASSWORD };
    await this.ask('sign up again', 'POST', '/users', { as: 'nobody', body: again });
    const form = (password) => ({ as: 'nobody', form: { username: email, password } });
    await this.ask('wrong password', 'POST', '/auth/token', form('Wrong-Password1'));
    const headers = { 'user-agent': 'm'.repeat(1000), 'x-request-id': longKey().slice(0, 64) };
    const signedIn = await this.ask('sign in', 'POST', '/auth/token', { ...form(PASSWORD), headers });
    const { access_token: token, refresh_token } = signedIn.body ?? {};
    await this.ask('refresh', 'POST', '/auth/refresh', { as: 'nobody', body: { refresh_token } });
    const mine = (name, method, path, body) => this.ask(name, method, path, { token, body });
    const secret = (await mine('enrol a second factor', 'POST', '/auth/totp', { password: PASSWORD })).body?.secret;
    if (secret !== undefined) {
      const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
      await mine('confirm it', 'POST', '/auth/totp/confirmation', { code });
      await mine('see it', 'GET', '/auth/totp');
    }
    await mine('verify the address', 'POST', '/auth/email/verification');
    await mine('change the address', 'PUT', '/users/me/email', {
      email: `${crypto.randomUUID()}@rehearsal.example`,
      current_password: PASSWORD,
    });
    await mine('change the password', 'PUT', '/users/me/password', {
      current_password: PASSWORD,
      new_password: 'Password22',
    });
    await this.ask('forget the password', 'POST', '/auth/password/forgot', { as: 'nobody', body: { email } });
    const csv = ['email,name', `${crypto.randomUUID()}@rehearsal.example,Ada`, 'nobody,Nobody', ''].join('\n');
    await this.ask('import', 'POST', `/users/import?import_id=${crypto.randomUUID()}`, { csv });
    await mine('sign out', 'POST', '/auth/logout');
  }

  async exports() {
    for (const [name, body] of this.#bodies('post', '/exports', {})) {
      const made = await this.ask(`POST /exports, ${name}`, 'POST', '/exports', { as: 'user', body });
      const at = `/exports/${made.body?.id}`;
      const deadline = performance.now() + EXPORT_WITHIN_MS;
      let status;
      do {
        ({ status } = (await this.api.sendPatiently('GET', at, { as: 'user' })).body ?? {});
        await sleep(50);
      } while (['queued', 'running'].includes(status) && performance.now() < deadline);
      this.answers.set(`the export, ${name}`, { status: 200, body: { status } });
      await this.ask(`the file of the export, ${name}`, 'GET', `${at}/file`, { as: 'user' });
      await this.ask(`DELETE the export, ${name}`, 'DELETE', at, { as: 'user' });
    }
  }

  /** Reads each list in each sort order, and with each value of a filter. */
  async lists() {
    for (const [path, { get }] of Object.entries(this.document.paths)) {
      const parameters = (get?.parameters ?? []).filter((one) => one.in === 'query');
      if (path.includes('{') || !parameters.some(({ name }) => name === 'limit')) continue;
      await this.ask(`GET ${path}`, 'GET', `${path}?limit=20`);
      for (const parameter of parameters)
        for (const value of valuesOf(parameter)) {
          const query = `${parameter.name}=${encodeURIComponent(value)}`;
          await this.ask(`GET ${path}, ${query}`, 'GET', `${path}?limit=20&${query}`);
          if (value.startsWith?.('-')) await this.#pages(path, query);
        }
    }
  }

  /** Reads the first page, the one after it, and the one before that, which must be the first one again. */
  async #pages(path, query) {
    const read = (at) => this.api.sendPatiently('GET', at, { as: 'admin' });
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const first = await read(`${path}?limit=1&${query}`);
      if (first.links?.next === undefined) return;
      const second = await read(first.links.next);
      const again = await read(second.links?.prev ?? '/');
      const isFirst = JSON.stringify(again.body) === JSON.stringify(first.body);
      this.answers.set(`the pages of ${path}, ${query}`, { status: again.status, body: { isFirst } });
      if (isFirst) return;
    }
  }

  #bodies(method, path, given) {
    const schema = bodySchema(this.document, method, path);
    return schema === undefined ? [] : bodiesOf(this.document, schema, given);
  }
}

/** Returns a new value of the greatest length for a header that identifies a request. */
const longKey = () =>
  Array.from({ length: 8 }, () => crypto.randomUUID())
    .join('')
    .slice(0, 255);

function valuesOf({ name, schema = {}, example }) {
  if (name === 'search') return ['Berg', 'words', 'Zofia', 'x', '100%'];
  if (name === 'sort') {
    const fields = new Set(schema.pattern?.match(/[a-z_]{2,}/g) ?? schema.enum ?? []);
    return [...fields].flatMap((field) => [field, `-${field}`]);
  }
  if (PAGING.has(name)) return [];
  const values = schema.enum ?? schema.items?.enum ?? (schema.type === 'boolean' ? [true, false] : []);
  return values.length === 0 && example !== undefined ? [example] : values.slice(0, 12);
}

const PAGING = new Set(['page', 'limit', 'after', 'before']);
