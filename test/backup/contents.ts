import pg from 'pg';
import { Holder } from '../support/embedded-holders.js';

export async function post(
  url: string,
  path: string,
  body: object,
  token = '',
): Promise<{ status: number; body: unknown }> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

export async function signIn(url: string, password: string): Promise<{ status: number; token: string }> {
  const answer = await fetch(`${url}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'admin@aerie.example', password }),
  });
  const { access_token: token = '' } = (await answer.json()) as { access_token?: string };
  return { status: answer.status, token };
}

export const account = (name: string) => ({ email: `${name}@example.com`, name, password: 'Password1' });

/** Queries the database of a folder while no other program uses it. */
export async function asked<T>(folder: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const holder = new Holder(folder);
  const client = new pg.Client({ connectionString: await holder.url() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
    await holder.release();
  }
}

/** Returns all rows of all non-empty tables as sorted texts, without the job queue's own bookkeeping. */
export const everything = (folder: string) =>
  asked(folder, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const contents: Record<string, unknown> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t order by 1`);
      if (name !== 'public.migrations') contents[name] = rows.map(({ row }) => row);
    }
    const { rows: jobs } = await client.query<{ id: string }>('select id from pgboss.job order by id');
    return { ...contents, jobs: jobs.map(({ id }) => id) };
  });

export const emails = (folder: string) =>
  asked(folder, async (client) =>
    (await client.query<{ email: string }>('select email from users')).rows.map((row) => row.email),
  );
