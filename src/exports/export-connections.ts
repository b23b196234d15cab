import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { pipeline, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { Config } from '../config/config.js';
import { trackDatabaseTime } from '../kernel/database/request-database-time.js';
import { databaseTimeouts } from '../kernel/database/timeouts.js';
import { Pool } from '../kernel/database/pool.js';
import { requestReplica } from '../kernel/database/request-replica.js';
import { Logger } from '../kernel/logging/logger.js';
import { CsvOutput } from './csv-output.js';
import { copyOrders, countOrders, type Format } from './order-rows.js';

/** The maximum number of concurrent downloads. Each holds a connection until its client has read everything. */
export const MAX_DOWNLOADS = 4;
/** The maximum number of files that are written at the same time. */
const MAX_FILES = 1;
export const MAX_EXPORT_MS = 600_000;
/**
 * The number of bytes that are buffered for the client. With Node's default of 64 kB, PostgreSQL, this process and the
 * client wait for each other.
 */
const READ_AHEAD_BYTES = 262_144;

/** A running COPY on its own connection. */
export interface Copy {
  readonly rows: Readable;
  /** The number of rows, from the same snapshot. */
  readonly total: number | undefined;
  /** Commits and returns the connection to the pool. Called after everything has been read. */
  readonly end: () => Promise<void>;
  /** Closes the connection, even in the middle of the statement. */
  readonly release: (error: Error) => void;
}

/** A separate pool for exports, so that long exports cannot use up the connections that requests need. */
@Injectable()
export class ExportConnections implements OnApplicationShutdown {
  /** The pools by database URL: of the primary, and of each replica that was read. */
  private readonly pools = new Map<string, Pool>();
  /** The time limit of statements other than COPY, in milliseconds. */
  private readonly answerMs: number;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {
    this.answerMs = databaseTimeouts(config).query;
  }

  /**
   * Starts a COPY of orders from one snapshot: those of `owner`, or all if it is null. The COPY advances as `rows` is
   * read.
   */
  async copy(owner: number | null, format: Format, { counted = false, bom = false } = {}): Promise<Copy> {
    const { client, release } = await trackDatabaseTime(this.connection());
    const whose = owner === null ? 'all' : 'own';
    try {
      await trackDatabaseTime(this.begin(client, owner));
      const total = counted ? await countOf(client, whose) : undefined;
      const written = client.query(copyTo(copyOrders(format, whose), { highWaterMark: READ_AHEAD_BYTES }));
      const rows = format === 'csv' ? asCsv(written, bom) : written;
      // the end of the connection causes an error even after the reader has stopped
      for (const stream of [written, rows]) stream.on('error', ignoreError);
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
    client.on('error', ignoreError);
    return {
      client,
      release: (error?: Error) => {
        client.off('error', ignoreError);
        client.release(error);
      },
    };
  }

  /** Connects to the caller's replica or to the primary. Jobs always use the primary. */
  private async connect(): Promise<PoolClient> {
    const replica = await requestReplica();
    if (replica === undefined) return this.poolOf(this.config.databaseUrl).connect();
    try {
      return await this.poolOf(replica.url).connect();
    } catch {
      return this.poolOf(this.config.databaseUrl).connect(); // the replica's probe reports the failure
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

  /** Runs a statement with its own time limit. A limit for the whole connection would also apply to COPY. */
  private async ask(client: PoolClient, text: string, values: unknown[] = []): Promise<void> {
    const query = { text, values, query_timeout: this.answerMs };
    await client.query(query);
  }
}

function asCsv(written: Readable, bom: boolean): Readable {
  return pipeline(written, new CsvOutput({ bom, highWaterMark: READ_AHEAD_BYTES }), ignoreError);
}

/** Returns the number of rows. Uses COPY too, so that it has the time limit of the export. */
async function countOf(client: PoolClient, whose: 'all' | 'own'): Promise<number> {
  return Number(await text(client.query(copyTo(countOrders(whose)))));
}

/**
 * Ignores an 'error' event: the code that awaits the stream or the statement gets the error too. Without a listener,
 * the event would end the process.
 */
function ignoreError(): void {}
