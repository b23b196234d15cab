import pg from 'pg';

let pool: pg.Pool | undefined;

/** Asks the database of this test file: to arrange what the API does not offer, and to see what was really stored. */
export async function query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
  pool ??= new pg.Pool({ connectionString: databaseUrl, max: 2 }).on('error', () => {}); // tests end connections
  const { rows } = await pool.query<T>(text, values);
  return rows;
}

afterAll(async () => {
  await pool?.end();
  pool = undefined;
});
