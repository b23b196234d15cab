import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { pipeline, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { Config } from '../kernel/config/config.js';
import { trackDatabaseTime } from '../kernel/database/request-database-time.js';
import { databaseTimeouts } from '../kernel/database/timeouts.js';
import { Pool } from '../kernel/database/pool.js';
import { requestReplica } from '../kernel/database/request-replica.js';
import { Logger } from '../kernel/logging/logger.js';
import { CsvOutput } from './csv-output.js';
import { copyOrders, countOrders, type Format } from './order-rows.js';

/** Downloads at once: each holds a connection as long as its client reads. */
export const MAX_DOWNLOADS = 4;
/** Beside them one file may be written. */
const MAX_FILES = 1;
export const MAX_EXPORT_MS = 600_000;
/** What is read before the client takes it: with Node's usual 64 kB PostgreSQL, the process and the client wait for each other. */
const READ_AHEAD_BYTES = 262_144;

/** A running COPY on a connection of its own. */
export interface Copy {
  readonly rows: Readable;
  /** How many rows there are, in the same snapshot. */
  readonly total: number | undefined;
  /** Once all is read: gives the connection back. */
  readonly end: () => Promise<void>;
  /** Gives the connection up, even in the middle of the statement. */
  readonly release: (error: Error) => void;
}

/** Connections of their own, so that exports, which take long, cannot take those that requests need. */
@Injectable()
export class ExportConnections implements OnApplicationShutdown {
  /** By address: of the primary, and of each replica that was read. */
  private readonly pools = new Map<string, Pool>();
  /** The time limit of statements other than COPY. */
  private readonly answerMs: number;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {
    this.answerMs = databaseTimeouts(config).query;
  }

  /** Begins to write the orders of one moment; the owner's, or everybody's for null. Reading it is what makes it go on. */
  async copy(owner: number | null, format: Format, { counted = false, bom = false } = {}): Promise<Copy> {
    const { client, release } = await trackDatabaseTime(this.connection());
    const whose = owner === null ? 'all' : 'own';
    try {
      await trackDatabaseTime(this.begin(client, owner));
      const total = counted ? await countOf(client, whose) : undefined;
      const written = client.query(copyTo(copyOrders(format, whose), { highWaterMark: READ_AHEAD_BYTES }));
      const rows = format === 'csv' ? asCsv(written, bom) : written;
      for (const stream of [written, rows]) stream.on('error', heard); // the connection's end is told to it also when nobody reads any more
      const end = async () => {
        await this.ask(client, 'commit');
        release();
      };
      return { rows, total, end, release };
    } catch (error) {
      release(error as Error);
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
  }

  private async connection(): Promise<{ client: PoolClient; release: (error?: Error) => void }> {
    const client = await this.connect();
    client.on('error', heard);
    return {
      client,
      release: (error?: Error) => {
        client.off('error', heard);
        client.release(error);
      },
    };
  }

  /** To the caller's replica, or the primary: always in a job. */
  private async connect(): Promise<PoolClient> {
    const replica = await requestReplica();
    if (replica === undefined) return this.poolOf(this.config.databaseUrl).connect();
    try {
      return await this.poolOf(replica.url).connect();
    } catch {
      return this.poolOf(this.config.databaseUrl).connect(); // the replica's probe tells what has become of it
    }
  }

  private poolOf(connectionString: string): Pool {
    const known = this.pools.get(connectionString);
    if (known) return known;
    const { acquire, connect } = databaseTimeouts(this.config);
    const pool = new Pool({
      connectionString,
      application_name: 'aerie-exports',
      max: MAX_DOWNLOADS + MAX_FILES,
      acquireTimeout: acquire,
      connectionTimeoutMillis: connect,
      idleTimeoutMillis: 10_000,
      keepAlive: true,
    });
    pool.on('error', (error) => this.logger.warn(`A database connection for exports failed: ${error.message}`));
    this.pools.set(connectionString, pool);
    return pool;
  }

  private async begin(client: PoolClient, owner: number | null): Promise<void> {
    await this.ask(client, 'begin isolation level repeatable read read only');
    await this.ask(
      client,
      `select set_config('aerie.owner', $1, true), set_config('statement_timeout', $2, true),
        set_config('idle_in_transaction_session_timeout', $2, true)`,
      [owner === null ? '' : String(owner), String(MAX_EXPORT_MS)],
    );
  }

  /** With a time limit of its own: pg's limit for a whole connection would include COPY. */
  private async ask(client: PoolClient, text: string, values: unknown[] = []): Promise<void> {
    const query = { text, values, query_timeout: this.answerMs };
    await client.query(query);
  }
}

function asCsv(written: Readable, bom: boolean): Readable {
  return pipeline(written, new CsvOutput({ bom, highWaterMark: READ_AHEAD_BYTES }), heard);
}

/** Also by COPY, which may take as long as the rest. */
async function countOf(client: PoolClient, whose: 'all' | 'own'): Promise<number> {
  return Number(await text(client.query(copyTo(countOrders(whose)))));
}

/** Whoever waits for the stream or the statement gets the error too; an 'error' event that nobody hears ends the process. */
function heard(): void {}
