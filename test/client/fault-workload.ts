import { type AerieClient, ApiError, type CallOptions, SignedOutError } from '../../client/dist/index.js';
import { PASSWORD } from '../support/world.js';

/** What a worker has done according to the responses. */
export interface Ledger {
  /** Whether each order is paid, by id. */
  readonly orders: Map<number, boolean>;
  pieces: number;
  /** The expected body of each post by id, or undefined if it is deleted. */
  readonly posts: Map<number, string | undefined>;
  counted: number;
  signIns: number;
  longestMs: number;
}

export const emptyLedger = (): Ledger => ({
  orders: new Map(),
  pieces: 0,
  posts: new Map(),
  counted: 0,
  signIns: 0,
  longestMs: 0,
});

interface Worker {
  readonly client: AerieClient;
  /** The same client for all workers. */
  readonly admin: AerieClient;
  readonly email: string;
  readonly ledger: Ledger;
  readonly lot: () => number;
  /** The item that is ordered, and the item whose stock is counted up. */
  readonly items: { readonly ordered: number; readonly counter: number };
}

/** Runs one random operation. Throws if it fails, or if the response is not the expected one. */
export async function work(worker: Worker): Promise<void> {
  const began = performance.now();
  const operation = OPERATIONS[Math.floor(worker.lot() * OPERATIONS.length)]!;
  await operation(worker);
  worker.ledger.longestMs = Math.max(worker.ledger.longestMs, performance.now() - began);
}

const OPERATIONS: readonly ((worker: Worker) => Promise<void>)[] = [
  place,
  place,
  pay,
  write,
  write,
  add,
  count,
  remove,
  list,
];

async function place(worker: Worker): Promise<void> {
  const { client, ledger, lot, items } = worker;
  const quantity = 1 + Math.floor(lot() * 3);
  const order = await keyed(worker, (options) => client.orders.place({ item_id: items.ordered, quantity }, options));
  if (order.quantity !== quantity || ledger.orders.has(order.id)) throw new Error(`Not the order: ${order.id}`);
  ledger.orders.set(order.id, false);
  ledger.pieces += quantity;
}

async function pay(worker: Worker): Promise<void> {
  const open = [...worker.ledger.orders].find(([, isPaid]) => !isPaid);
  if (open === undefined) return;
  await keyed(worker, (options) => worker.client.orders.pay(open[0], options));
  worker.ledger.orders.set(open[0], true);
}

async function write(worker: Worker): Promise<void> {
  const body = `${worker.email} ${worker.lot()}`;
  const post = await keyed(worker, (options) => worker.client.posts.create({ title: 'Faults', body }, options));
  if (post.body !== body) throw new Error(`Not the post: ${post.id}`);
  worker.ledger.posts.set(post.id, body);
}

async function add(worker: Worker): Promise<void> {
  const [id, body] = written(worker) ?? [];
  if (id === undefined) return;
  const mark = `+${Math.floor(worker.lot() * 1e6)}`;
  await worker.client.posts.update(id, (post) => ({ body: post.body + mark }));
  worker.ledger.posts.set(id, body + mark);
}

/** Increments the same row as all other workers. */
async function count({ admin, ledger, items }: Worker): Promise<void> {
  await admin.items.update(items.counter, ({ stock }) => ({ stock: stock + 1 }));
  ledger.counted++;
}

async function remove(worker: Worker): Promise<void> {
  const [id] = written(worker) ?? [];
  if (id === undefined) return;
  await worker.client.posts.delete(id).catch((error: unknown) => {
    // DELETE has no key: a duplicate of the request was faster.
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  });
  worker.ledger.posts.set(id, undefined);
}

async function list({ client, ledger }: Worker): Promise<void> {
  const read: number[] = [];
  for await (const { id } of client.orders.list({ limit: 40 })) read.push(id);
  const known = new Set(read);
  const isWhole = known.size === read.length && [...ledger.orders.keys()].every((id) => known.has(id));
  if (!isWhole) throw new Error(`The list has ${read.length} orders, ${known.size} of them different`);
}

const written = ({ ledger }: Worker) => [...ledger.posts].find(([, body]) => body !== undefined);

/** Calls an operation with a key. If the session is over, signs in again and continues the same call. */
async function keyed<T>(worker: Worker, call: (options: CallOptions) => Promise<T>): Promise<T> {
  const options = { idempotencyKey: `${worker.email}-${worker.lot()}` };
  try {
    return await call(options);
  } catch (error) {
    if (!(error instanceof SignedOutError)) throw error;
    worker.ledger.signIns++;
    await worker.client.auth.signIn({ username: worker.email, password: PASSWORD });
    return call(options);
  }
}
