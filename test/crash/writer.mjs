import { randomUUID } from 'node:crypto';
import { Client } from './client.mjs';

/** The probability of giving up after a missing response, and of sending a request again after a response. */
const GIVES_UP = 0.05;
const ASKS_AGAIN = 0.1;

/** Returns what a client knows about a write: `acknowledged`, `refused` or `unknown`. */
function outcomeOf(answer) {
  if (!answer) return 'unknown';
  return answer.status < 300 ? 'acknowledged' : 'refused';
}

/**
 * Sends one write after the other, and records the responses in its own ledger. The account, item and quantity identify
 * each order, and the title identifies each post. The effects of each write can therefore be counted.
 */
export class Writer {
  ledger = [];
  /** Replays with another response than the first one. */
  changedReplays = [];
  replays = 0;
  #count = 0;

  static async signUp(url, settings) {
    return new Writer(await Client.signUp(url), settings);
  }

  /** `acknowledged()` is called for each acknowledged write, with the time when it was sent. */
  constructor(client, { items, random, heedsKeys, acknowledged }) {
    Object.assign(this, { client, items, random, heedsKeys, acknowledged });
  }

  async write() {
    const began = performance.now();
    const entry = this.#next();
    const key = randomUUID();
    const manner = {
      keyOf: () => (this.heedsKeys ? key : randomUUID()),
      givesUp: () => this.random.next() < GIVES_UP,
    };
    const answer = await this.client.send(entry.request, manner);
    Object.assign(entry, { outcome: outcomeOf(answer), answer });
    this.ledger.push(entry);
    if (entry.outcome !== 'acknowledged') return;
    this.acknowledged(began);
    if (this.random.next() < ASKS_AGAIN) await this.#askAgain(entry, key);
  }

  /** Sends the same request with the same key. The response must have the same bytes, and nothing else may happen. */
  async #askAgain({ request, answer }, key) {
    const again = await this.client.attempt({ ...request, key: this.heedsKeys ? key : randomUUID() });
    if (!again) return;
    this.replays++;
    if (again.text !== answer.text || again.status !== answer.status) this.changedReplays.push({ answer, again });
  }

  #next() {
    const kind = this.random.among({ order: 0.6, cancellation: 0.15, payment: 0.1, post: 0.15 });
    if (kind === 'post') return this.#post();
    const open = kind === 'order' ? undefined : this.#anOpenOrder();
    return open ? this.#move(open, kind) : this.#order();
  }

  #post() {
    const title = `Post ${this.client.id}.${++this.#count}`;
    return { kind: 'post', title, request: { path: '/api/v1/posts', body: { title, body: 'Words.' } } };
  }

  #order() {
    const count = this.#count++;
    const item_id = this.items[count % this.items.length];
    const quantity = 1 + Math.floor(count / this.items.length);
    return { kind: 'order', item_id, quantity, request: { path: '/orders', body: { item_id, quantity } } };
  }

  #move(order, kind) {
    order.moved = kind;
    return { kind, order, request: { path: `/orders/${order.answer.json.id}/${kind}` } };
  }

  #anOpenOrder() {
    const newest = this.ledger.slice(-20);
    return newest.find(({ kind, outcome, moved }) => kind === 'order' && outcome === 'acknowledged' && !moved);
  }
}
