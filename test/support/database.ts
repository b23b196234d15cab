import pg from 'pg';

let pool: pg.Pool | undefined;

/** Queries the database of this test file, to set up what the API does not offer and to check what was stored. */
export async function query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
  pool ??= new pg.Pool({ connectionString: databaseUrl, max: 2 }).on('error', () => {}); // tests may end them
  const { rows } = await pool.query<T>(text, values);
  return rows;
}

/** Returns the id of the newest row of a table. */
export async function newest(table: string): Promise<number> {
  return (await query<{ id: number }>(`select max(id) as id from ${table}`))[0]!.id;
}

afterAll(async () => {
  await pool?.end();
  pool = undefined;
});
