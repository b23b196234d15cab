import { randomBytes } from 'node:crypto';
import { query } from '../support/database.js';
import { SHOWN } from '../support/resources.js';

/** Unique texts, each with what it stands for. A secret has leaked if its text appears anywhere. */
export class Canaries {
  private readonly meanings = new Map<string, string>();

  /** Creates a new canary. It is valid base64, so that it can also be part of a hash. */
  next(meaning: string): string {
    return this.add(`CANARY${randomBytes(9).toString('hex').toUpperCase()}`, meaning);
  }

  /** Adds an existing secret. */
  add(text: string, meaning: string): string {
    this.meanings.set(text, meaning);
    return text;
  }

  get count(): number {
    return this.meanings.size;
  }

  /** Returns the leaks in a text, as sentences. */
  leaksIn(place: string, text: string): string[] {
    const found = [...this.meanings].filter(([canary]) => text.includes(canary));
    return found.map(([, meaning]) => `${place} tells ${meaning}`);
  }
}

/** Returns one sentence per leaked secret: where it leaked first, how often, and what to do. */
export function summarized(leaks: readonly string[]): string[] {
  const byMeaning = Map.groupBy(leaks, (leak) => leak.slice(leak.lastIndexOf(' tells ') + ' tells '.length));
  return [...byMeaning].map(([meaning, [first, ...more]]) => {
    const table = /^(\w+)\.\w+$/.exec(meaning)?.[1];
    const remedy =
      table === undefined
        ? ''
        : `; if answers may show it, say so in "shows" of the test/*.resource.ts with the table ${table}`;
    return `${first!}${more.length > 0 ? ` (and ${more.length} answers more)` : ''}${remedy}`;
  });
}

interface Column {
  table: string;
  column: string;
  type: string;
}

/** Writes canaries into all text columns that no resource `shows`, and into a new column of every table. */
export async function plant(canaries: Canaries): Promise<void> {
  for (const { table, column, type } of await hiddenColumns()) {
    if (table === 'audit_events') continue; // append-only: see below
    const canary = canaries.next(`${table}.${column}`);
    const update = `update ${table} set ${column} = '${valueFor(column, type, canary)}'::${type}`;
    const isCopied = `exists (select from ${table} where concat_ws(' ', ${['null', ...(SHOWN[table] ?? [])].join()}) like '%${canary}%')`;
    await query(`do $do$ begin ${update}; if ${isCopied} then raise check_violation; end if; end $do$`).catch(
      unlessChecked,
    );
  }
  for (const table of await tables()) {
    const canary = canaries.next(`${table}.internal_note`);
    await query(`alter table ${table} add column internal_note text not null default '${canary}'`);
  }
  const [action, subject, request_id, detail] = ['action', 'subject', 'request_id', 'details'].map((column) =>
    canaries.next(`audit_events.${column}`),
  );
  await query('insert into audit_events (action, subject, request_id, details) values ($1, $2, $3, $4)', [
    action,
    subject,
    request_id,
    { detail },
  ]);
  await query(`insert into pgboss.job (name, data) values ('dead-letters', $1)`, [{ to: canaries.next('a dead job') }]);
}

/** Ignores a violated check: a column with fixed values holds no secret, nor does the old name of a shown column. */
function unlessChecked(error: Error & { code?: string }): void {
  if (error.code !== CHECK_VIOLATION) throw error;
}

const CHECK_VIOLATION = '23514';

/** Returns the canary as a value for the column. A password hash stays valid, with the canary as its salt. */
function valueFor(column: string, type: string, canary: string): string {
  if (column === 'password_hash') return `$argon2id$v=19$m=19456,t=2,p=1$${canary}$${'A'.repeat(43)}`;
  return type.startsWith('json') ? JSON.stringify({ canary }) : canary;
}

async function tables(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like '%migrations%'`,
  );
  return rows.map(({ name }) => name);
}

async function hiddenColumns(): Promise<Column[]> {
  const columns = await query<Column>(
    `select table_name as table, column_name as column, data_type as type from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'json', 'jsonb', 'character varying')`,
  );
  const known = new Set(await tables());
  return columns.filter(({ table, column }) => known.has(table) && !SHOWN[table]?.includes(column));
}
