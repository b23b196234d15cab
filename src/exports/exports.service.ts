import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { audit } from '../audit/audit.js';
import { timed } from '../kernel/database/database-time.js';
import { AppError } from '../kernel/errors/app-error.js';
import { Logger } from '../kernel/logging/logger.js';
import { ownerOf, type Caller } from '../kernel/http/access.js';

/** Exports at once: each holds a connection as long as its client reads. */
const MAX_EXPORTS = 4;
const MAX_EXPORT_MS = 600_000;
/** A client that reads nothing for so long has gone, whatever its connection says. */
const STALLED_MS = 60_000;
/** A stop does not wait longer for an export: it comes before the stop by force. */
const FINISH_WITHIN_MS = 10_000;

/**
 * PostgreSQL writes the CSV itself (RFC 4180 quoting, `\n`). A text that a spreadsheet would take for a formula gets a
 * leading apostrophe (OWASP "CSV Injection"). The owner comes as a setting, since COPY takes no parameters.
 */
const copyOf = (condition: string) => `copy (
  select o.id, o.user_id, o.item_id,
    case when i.name ~ '^[=+@\\-\\t\\r＝＋－＠]' then '''' || i.name else i.name end as item,
    o.quantity, o.total_cents, o.status,
    to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at
  from orders o join items i on i.id = o.item_id
  where ${condition}
  order by o.id
) to stdout (format csv, header)`;

const COPY_ALL = copyOf('true');
const COPY_OWN = copyOf(`o.user_id = current_setting('aerie.owner')::int`);

@Injectable()
export class ExportsService implements BeforeApplicationShutdown {
  private readonly running = new Set<Response>();

  constructor(
    private readonly source: DataSource,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /**
   * Streams the caller's orders, or all for an admin, from one snapshot at constant memory. A failure in the middle
   * breaks the transfer instead of ending it; a client that leaves frees the connection. Throws 503 while too many run.
   */
  async write(caller: Caller, response: Response): Promise<void> {
    if (this.running.size >= MAX_EXPORTS) throw new AppError('Too many exports at once', 503, { 'Retry-After': '5' });
    this.running.add(response);
    response.setTimeout(STALLED_MS, () => response.destroy());
    const deadline = setTimeout(() => response.destroy(), MAX_EXPORT_MS);
    try {
      await audit(this.source.manager, { actor_id: caller.id, action: 'orders.exported', subject: 'orders' });
      await this.stream(ownerOf(caller), response);
    } finally {
      clearTimeout(deadline);
      this.running.delete(response);
    }
  }

  beforeApplicationShutdown(): void {
    setTimeout(() => this.running.forEach((response) => response.destroy()), FINISH_WITHIN_MS).unref();
  }

  private async stream(owner: number | null, response: Response): Promise<void> {
    const gone = goneSignal(response);
    const { client, release } = await this.connection();
    try {
      const rows = await this.copy(client, owner);
      await timed(once(rows, 'readable', { signal: gone })); // what fails before the first byte is an ordinary error
      response.setHeader('Content-Type', 'text/csv; charset=utf-8');
      response.setHeader('Content-Disposition', 'attachment; filename=data.csv');
      await pipeline(rows, response);
      await client.query('commit');
      release();
    } catch (error) {
      release(error as Error); // COPY cannot be stopped half-way on its own connection: the connection goes with it
      if (!isBrokenOff(error)) throw error;
      this.logger.log('An export was broken off: the client left or did not read');
    }
  }

  /** The running COPY, to be read. */
  private async copy(client: PoolClient, owner: number | null): Promise<Readable> {
    await client.query('begin isolation level repeatable read read only');
    await client.query(
      `select set_config('aerie.owner', $1, true), set_config('statement_timeout', $2, true),
        set_config('idle_in_transaction_session_timeout', $2, true)`,
      [owner === null ? '' : String(owner), String(MAX_EXPORT_MS)],
    );
    const rows = client.query(copyTo(owner === null ? COPY_ALL : COPY_OWN));
    rows.on('error', heard); // the connection's end is told to it also when nobody reads any more
    return rows;
  }

  /** A connection of the pool; released with an error it is closed, even in the middle of a statement. */
  private async connection(): Promise<{ client: PoolClient; release: (error?: Error) => void }> {
    const [client, giveBack] = (await (this.source.driver as PostgresDriver).obtainSlaveConnection()) as [
      PoolClient,
      (error?: Error) => void,
    ];
    client.on('error', heard);
    return {
      client,
      release: (error) => {
        client.off('error', heard);
        giveBack(error);
      },
    };
  }
}

/** Whoever waits for the stream or the statement gets the error too; an 'error' event that nobody hears ends the process. */
function heard(): void {}

function isBrokenOff(error: unknown): boolean {
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Aborted once the client has left before the end. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  if (response.destroyed) gone.abort();
  return gone.signal;
}
