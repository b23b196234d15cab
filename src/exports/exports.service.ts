import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit.js';
import { AppError } from '../kernel/errors/app-error.js';
import { Logger } from '../kernel/logging/logger.js';
import { ownerOf, type Caller } from '../kernel/http/access.js';

/** Exports at once: each holds a connection as long as its client reads. */
const MAX_EXPORTS = 4;
const MAX_EXPORT_MS = 600_000;

/**
 * PostgreSQL writes the CSV itself (RFC 4180 quoting, `\n`). A text that a spreadsheet would take for a formula gets a
 * leading apostrophe (OWASP "CSV Injection"). The owner comes as a setting, since COPY takes no parameters.
 */
const COPY = `copy (
  select o.id, o.user_id, o.item_id,
    case when i.name ~ '^[=+@\\-\\t\\r＝＋－＠]' then '''' || i.name else i.name end as item,
    o.quantity, o.total_cents, o.status,
    to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at
  from orders o join items i on i.id = o.item_id
  where nullif(current_setting('aerie.owner'), '') is null
    or o.user_id = nullif(current_setting('aerie.owner'), '')::int
  order by o.id
) to stdout (format csv, header)`;

@Injectable()
export class ExportsService {
  private running = 0;

  constructor(
    private readonly source: DataSource,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /**
   * Streams the caller's orders, or all for an admin, from one snapshot at constant memory. A failure in the middle
   * breaks the transfer instead of ending it; a client that leaves frees the connection. Throws 503 while too many run.
   */
  async write(caller: Caller, response: Response): Promise<void> {
    if (this.running >= MAX_EXPORTS) throw new AppError('Too many exports at once', 503, { 'Retry-After': '5' });
    this.running++;
    const runner = this.source.createQueryRunner('slave');
    try {
      await audit(this.source.manager, { actor_id: caller.id, action: 'orders.exported', subject: 'orders' });
      const client = (await runner.connect()) as PoolClient;
      await this.stream(client, ownerOf(caller), response);
    } finally {
      this.running--;
      await runner.release();
    }
  }

  private async stream(client: PoolClient, owner: number | null, response: Response): Promise<void> {
    await client.query('begin isolation level repeatable read read only');
    try {
      await client.query(
        `select set_config('aerie.owner', $1, true), set_config('statement_timeout', $2, true),
          set_config('idle_in_transaction_session_timeout', $2, true)`,
        [owner === null ? '' : String(owner), String(MAX_EXPORT_MS)],
      );
      const rows = client.query(copyTo(COPY));
      await once(rows, 'readable'); // what fails before the first byte is an ordinary error
      response.setHeader('Content-Type', 'text/csv; charset=utf-8');
      response.setHeader('Content-Disposition', 'attachment; filename=data.csv');
      await pipeline(rows, response);
      await client.query('commit');
    } catch (error) {
      // COPY cannot be stopped half-way on its own connection: the connection goes with it
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') {
        this.logger.log('The client left during an export');
        return;
      }
      throw error;
    }
  }
}
