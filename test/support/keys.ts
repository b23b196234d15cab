import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { query } from './database.js';
import { OPERATIONS, schemasOf, send, takesKey, type Operation, type Sample, type Schema } from './operations.js';
import { anOwner, rolesOf, subjectOf } from './subjects.js';
import type { Actor } from './world.js';

/** Every operation that accepts idempotency keys, by its name. */
export const KEYED = OPERATIONS.filter(takesKey).map((operation) => [operation.key, operation] as const);

/** A request that succeeds, with an idempotency key of its own. */
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

  /** The first columns of its row: caller, operation and key. */
  get row(): [number, string, string] {
    const { method, path, responses } = this.operation;
    return [
      '401' in responses ? this.caller.id : 0, // operations without authentication have no caller
      `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      this.key,
    ];
  }
}

/** Returns the same request written differently: its fields in another order, with unknown fields added. */
export function respelt({ query, body, path }: Sample): Partial<Sample> {
  const others = { path: path.replace(/\/(\d+)(?=\/|$)/, '/0$1'), query: { utm_source: 'mail', ...query } };
  return body === undefined ? others : { ...others, body: turned({ ...(body as object), unknown: [1, { a: null }] }) };
}

function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value; // a Date
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => [name, turned(one)]);
  return Object.fromEntries(entries.toReversed());
}

/**
 * Returns another valid request to the same operation: for another subject or with another value. Returns undefined if
 * the operation has neither.
 */
export function anotherRequest(operation: Operation, { path, query, body }: Sample): Partial<Sample> | undefined {
  const elsewhere = path
    .replace(/\/\d+(?=\/|$)/, '/2147483646')
    .replace(/\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?=\/|$)/, `/${randomUUID()}`);
  if (elsewhere !== path) return { path: elsewhere };
  if (Object.keys(query).length > 0) return { query: otherwise(query, {}) };
  return body === undefined ? undefined : { body: otherwise(body as object, schemasOf(operation)) };
}

/** Changes one value: a number or boolean if there is one, else a free text, else a text with a format. */
function otherwise(values: object, schemas: Readonly<Record<string, Schema>>): Record<string, unknown> {
  const entries = Object.entries(values) as [string, unknown][];
  const hasForm = (name: string) => schemas[name]?.enum !== undefined || schemas[name]?.format !== undefined;
  const [name, value] =
    entries.find(([, one]) => typeof one === 'number' || typeof one === 'boolean') ??
    entries.find(([one, text]) => typeof text === 'string' && !hasForm(one)) ??
    entries[0]!;
  return { ...Object.fromEntries(entries), [name]: changed(value, schemas[name] ?? {}) };
}

function changed(value: unknown, schema: Schema): unknown {
  const { maximum, maxLength = Infinity, format = '', enum: choices } = schema;
  if (typeof value === 'number') return value === maximum ? value - 1 : value + 1;
  if (typeof value === 'boolean') return !value;
  if (choices) return choices.find((one) => one !== value);
  if (Array.isArray(value)) return value.concat('x').slice(-Math.max(1, value.length));
  if (typeof value === 'object') return { ...value, x: 'x' };
  const text = value as string;
  if (format.startsWith('date')) return text.replace(/^\d{4}/, (year) => String(Number(year) - 4)); // keeps leap days
  if (format === 'uuid') return text.replace('1', '2');
  return text.length < maxLength ? `x${text}` : `x${text.slice(1)}`;
}

/** Runs the work while another transaction holds these keys. */
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
 * Returns everything that a request can change: rows of the data, the audit trail and the keys, and all but scheduled
 * jobs. Excludes the counters of attempts, which count every request, and the records of sent mails, which jobs write.
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
