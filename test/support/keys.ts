import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { query } from './database.js';
import { OPERATIONS, send, takesKey, type Operation, type Sample } from './operations.js';
import { anOwner, rolesOf, subjectOf } from './subjects.js';
import type { Actor } from './world.js';

/** Every operation that takes idempotency keys, by its name. */
export const KEYED = OPERATIONS.filter(takesKey).map((operation) => [operation.key, operation] as const);

/** A request that succeeds, with a key that nobody else uses. */
export class Attempt {
  private constructor(
    readonly operation: Operation,
    readonly caller: Actor,
    readonly sample: Sample,
    readonly key = randomUUID(),
  ) {}

  static async at(operation: Operation): Promise<Attempt> {
    const owner = await anOwner();
    const caller = rolesOf(operation)[0] === 'admin' ? await anOwner('admin') : owner;
    return new Attempt(operation, caller, await subjectOf(operation, owner));
  }

  send(change: Partial<Sample> = {}) {
    const { sample, operation, caller, key } = this;
    const headers = { ...sample.headers, 'Idempotency-Key': key };
    return send(caller, operation, { ...sample, headers, ...change });
  }

  /** The first columns of its row. */
  get row(): [number, string, string] {
    const { method, path, responses } = this.operation;
    return [
      '401' in responses ? this.caller.id : 0, // where no token is looked at, it is nobody's
      `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      this.key,
    ];
  }
}

/** The same request in other words: its keys in another order, and names beside them that mean nothing. */
export function respelt({ query, body, path }: Sample): Partial<Sample> {
  const others = { path: path.replace(/\/(\d+)(?=\/|$)/, '/0$1'), query: { utm_source: 'mail', ...query } };
  return body === undefined ? others : { ...others, body: turned({ ...(body as object), unknown: [1, { a: null }] }) };
}

function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => [name, turned(one)]);
  return Object.fromEntries(entries.toReversed());
}

/** Another good request to the same operation: of another thing, or with another value; undefined where there is none. */
export function anotherRequest({ path, query, body }: Sample): Partial<Sample> | undefined {
  const elsewhere = path
    .replace(/\/\d+(?=\/|$)/, '/2147483646')
    .replace(/\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?=\/|$)/, `/${randomUUID()}`);
  if (elsewhere !== path) return { path: elsewhere };
  if (Object.keys(query).length > 0) return { query: otherwise(query) };
  return body === undefined ? undefined : { body: otherwise(body as object) };
}

/** With one value changed: a number or a switch, where there is one. */
function otherwise(values: object): Record<string, unknown> {
  const entries = Object.entries(values) as [string, unknown][];
  const [name, value] = entries.find(([, one]) => typeof one === 'number' || typeof one === 'boolean') ?? entries[0]!;
  return { ...Object.fromEntries(entries), [name]: changed(value) };
}

function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `x${String(value)}`;
}

/** Another request that holds these keys, in a transaction that goes on until the work is done. */
export async function whileHeld<T>(attempts: readonly Attempt[], work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    for (const { row } of attempts) {
      await client.query(
        `insert into idempotency_keys (caller_id, operation, key, fingerprint, expires_at)
         values ($1, $2, $3, '', now() + interval '1 day')`,
        row,
      );
    }
    return await work();
  } finally {
    await client.end();
  }
}

/**
 * Everything that a request can change: rows of the data, the trail and the keys, and jobs that are not the clock's. How
 * often somebody has asked is counted all the same, and what a job does that was tried again is its own matter.
 */
export async function everything(): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('attempts', 'sent_mails') order by 1`,
  );
  const jobs = `select name, data from pgboss.job where name not in ('tick', '__pgboss__send-it') and name not like '%-clean-up'`;
  const reads = [...tables.map(({ name }) => `select * from ${name}`), jobs];
  return Promise.all(
    reads.map(async (read) => {
      const [row] = await query<{ rows: string }>(
        `select coalesce(string_agg(r::text, ',' order by r::text), '') as rows from (${read}) r`,
      );
      return `${read}: ${row!.rows}`;
    }),
  );
}
