import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { EntityManager } from 'typeorm';
import { trackDatabaseTime } from '../kernel/database/request-database-time.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { requestSignal, contextOf } from '../kernel/context/request-context.js';
import { waitUntilReadable, setFileHeaders, sendStream, type ContentFormat } from '../kernel/http/stream-response.js';
import { Logger } from '../kernel/logging/logger.js';
import { ExportConnections, MAX_DOWNLOADS, MAX_EXPORT_MS } from './export-connections.js';
import { formatOf, FORMATS } from './order-rows.js';
import { recordExport } from './record-export.js';
import { Transfers } from './transfers.js';

/** Exports that are written while they are downloaded. */
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
   * Streams the caller's orders, or all for an admin, from one snapshot at constant memory. A failure in the middle
   * breaks the transfer instead of ending it; a client that leaves frees the connection. Throws notRecorded, 503 while too many run.
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
      setFileHeaders(response, encoding, FORMATS[format].filename);
      await sendStream(response, rows, encoding);
      await end();
    } catch (error) {
      release(error as Error); // COPY cannot be stopped half-way on its own connection: the connection goes with it
      throw error;
    }
  }
}
