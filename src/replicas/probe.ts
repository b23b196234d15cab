import pg from 'pg';
import { connectClient } from '../kernel/database/session-settings.js';

// Runs a statement repeatedly on a connection of its own, to see whether a server responds.

/** Milliseconds to wait for a connection and for a result, and the name of the connection. */
interface ProbeOptions {
  readonly withinMs: number;
  readonly name: string;
}

/** Runs one statement on a server repeatedly, on its own connection, since those of the pools may all be in use. */
export class Probe<T extends object> {
  private client: pg.Client | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly sql: string,
    private readonly options: ProbeOptions = { withinMs: 500, name: 'aerie-probe' },
  ) {}

  /** Returns the rows. Throws if there is no result in time; the next call opens a new connection. */
  async query(values: readonly unknown[] = []): Promise<T[]> {
    try {
      this.client ??= await this.connect();
      const { rows } = await this.client.query<T>(this.sql, [...values]);
      return rows;
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
    const { withinMs, name } = this.options;
    const client = new pg.Client({
      connectionString: this.connectionString,
      application_name: name,
      connectionTimeoutMillis: withinMs,
      query_timeout: withinMs,
    });
    await connectClient(client); // the next query reports its errors
    return client;
  }
}
