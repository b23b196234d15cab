import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { timed } from '../kernel/database/database-time.js';
import { AppError } from '../kernel/errors/app-error.js';
import { ownerOf, type Caller } from '../kernel/http/access.js';
import { begun, describeFile, goneSignal, isBrokenOff, sendStream, type Encoding } from '../kernel/http/stream.js';
import { Logger } from '../kernel/logging/logger.js';
import { ExportConnections, MAX_DOWNLOADS, MAX_EXPORT_MS } from './export-connections.js';
import { formatOf, FORMATS } from './order-rows.js';

/** A client that reads nothing for so long has gone, whatever its connection says. */
const STALLED_MS = 60_000;
/** A stop does not wait longer for an export: it comes before the stop by force. */
const FINISH_WITHIN_MS = 10_000;

/** Exports that are written while they are downloaded. */
@Injectable()
export class ExportsService implements BeforeApplicationShutdown {
  private readonly running = new Set<Response>();

  constructor(
    private readonly db: EntityManager,
    private readonly connections: ExportConnections,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /**
   * Streams the caller's orders, or all for an admin, from one snapshot at constant memory. A failure in the middle
   * breaks the transfer instead of ending it; a client that leaves frees the connection. Throws 503 while too many run.
   */
  async write(caller: Caller, encoding: Encoding, response: Response): Promise<void> {
    if (this.running.size >= MAX_DOWNLOADS) throw new AppError('Too many exports at once', 503, { 'Retry-After': '5' });
    this.running.add(response);
    response.setTimeout(STALLED_MS, () => response.destroy());
    const deadline = setTimeout(() => response.destroy(), MAX_EXPORT_MS);
    try {
      await audit(this.db, { actor_id: caller.id, action: 'orders.exported', subject: 'orders' });
      await this.stream(ownerOf(caller), encoding, response);
    } finally {
      clearTimeout(deadline);
      this.running.delete(response);
    }
  }

  beforeApplicationShutdown(): void {
    setTimeout(() => this.running.forEach((response) => response.destroy()), FINISH_WITHIN_MS).unref();
  }

  private async stream(owner: number | null, encoding: Encoding, response: Response): Promise<void> {
    const gone = goneSignal(response);
    const format = formatOf(encoding.media);
    const { rows, client, release } = await this.connections.copy(owner, format);
    try {
      await timed(begun(rows, gone));
      describeFile(response, encoding, FORMATS[format].filename);
      await sendStream(response, rows, encoding);
      await client.query('commit');
      release();
    } catch (error) {
      release(error as Error); // COPY cannot be stopped half-way on its own connection: the connection goes with it
      if (!isBrokenOff(error)) throw error;
      this.logger.log('An export was broken off: the client left or did not read');
    }
  }
}
