import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { EntityManager } from 'typeorm';
import { trackDatabaseTime } from '../kernel/database/request-database-time.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { requestSignal, contextOf } from '../kernel/context/request-context.js';
import { waitUntilReadable, setStreamHeaders, sendStream, type ContentFormat } from './stream-response.js';
import { Logger } from '../kernel/logging/logger.js';
import { ExportConnections, MAX_DOWNLOADS, MAX_EXPORT_MS } from './export-connections.js';
import { formatOf, FORMATS } from './order-rows.js';
import { recordExport } from './record-export.js';
import { Transfers } from './transfers.js';

/** Streams exports to clients while the database produces them. */
@Injectable()
export class ExportsService {
  private readonly transfers: Transfers;

  constructor(
    private readonly db: EntityManager,
    private readonly connections: ExportConnections,
    @Inject(Logger) logger: Logger,
  ) {
    const onBrokenOff = () =>
      logger.log('An export was aborted: the client disconnected or stopped reading, or the server is shutting down');
    this.transfers = new Transfers({ kind: 'stream', atOnce: MAX_DOWNLOADS, ms: MAX_EXPORT_MS, onBrokenOff });
  }

  /**
   * Streams the caller's orders, or all orders for an admin, from one snapshot and with constant memory. If it fails
   * midway, the connection is aborted, so that the client does not take the part as complete. If the client
   * disconnects, the database connection is freed. Throws notRecorded, and 503 while too many exports run.
   */
  write(caller: Caller, encoding: ContentFormat, bom: boolean, response: Response): Promise<void> {
    return this.transfers.run(caller.id, response, async () => {
      await recordExport(this.db, { actor_id: caller.id, action: 'orders.exported', subject: 'orders' });
      await this.stream(ownerOf(caller), { ...encoding, bom }, response);
    });
  }

  private async stream(
    owner: number | null,
    encoding: ContentFormat & { bom: boolean },
    response: Response,
  ): Promise<void> {
    const gone = requestSignal(contextOf(response.req)!);
    const format = formatOf(encoding.media);
    const { rows, end, release } = await this.connections.copy(owner, format, encoding);
    try {
      await trackDatabaseTime(waitUntilReadable(rows, gone));
      setStreamHeaders(response, encoding, FORMATS[format].filename);
      await sendStream(response, rows, encoding);
      await end();
    } catch (error) {
      release(error as Error); // a COPY can only be stopped by closing its connection
      throw error;
    }
  }
}
