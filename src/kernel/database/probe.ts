import pg from 'pg';

const ANSWER_WITHIN_MS = 500;

/** Asks a server the same again and again, on a connection of its own: that of the pools may all be in use. */
export class Probe<T extends object> {
  private client: pg.Client | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly question: string,
  ) {}

  /** Throws where there is no answer in time; the next one is asked for on a new connection. */
  async ask(): Promise<T> {
    try {
      this.client ??= await this.connect();
      const { rows } = await this.client.query<T>(this.question);
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
    client.on('error', () => {}); // the next question reports it
    await client.connect();
    return client;
  }
}
