import pg from 'pg';

const ANSWER_WITHIN_MS = 500;

/** Runs one statement on a server repeatedly, on its own connection, since those of the pools may all be in use. */
export class Probe<T extends object> {
  private client: pg.Client | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly sql: string,
  ) {}

  /** Returns the first row. Throws if there is no result within 500 ms; the next call opens a new connection. */
  async query(): Promise<T> {
    try {
      this.client ??= await this.connect();
      const { rows } = await this.client.query<T>(this.sql);
      return rows[0]!;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  end(): void {
    this.client?.end().catch(() => {});
    this.client = undefined;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.connectionString,
      application_name: 'aerie-probe',
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    client.on('error', () => {}); // the next query reports it
    await client.connect();
    return client;
  }
}
