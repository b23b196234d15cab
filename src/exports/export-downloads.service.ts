import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import type { Caller } from '../kernel/access/access.js';
import { Logger } from '../kernel/logging/logger.js';
import { CHUNK_BYTES } from './export-chunk.entity.js';
import { ExportStatus, type ExportFile } from './export-file.entity.js';
import { ExportFilesService } from './export-files.service.js';
import { exportNotReady } from './exports.errors.js';
import { FORMATS, GZIP_MEDIA } from './order-rows.js';
import type { ByteRange } from './range-header.js';
import { recordExport } from './record-export.js';
import { sendFile } from './send-file.js';
import { Transfers } from './transfers.js';

/**
 * The maximum number of concurrent downloads. Each holds one chunk in memory, and no connection while its client reads.
 */
const MAX_DOWNLOADS = 32;
const MAX_DOWNLOAD_MS = 3_600_000;

const CHUNK = 'select substring(bytes from $3 for $4) from export_chunks where export_id = $1 and position = $2';

/** Sends finished files to clients. */
@Injectable()
export class ExportDownloads {
  private readonly transfers: Transfers;

  constructor(
    private readonly db: EntityManager,
    private readonly files: ExportFilesService,
    @Inject(Logger) logger: Logger,
  ) {
    const onBrokenOff = () =>
      logger.log('A download was aborted: the client disconnected or stopped reading, or the server is shutting down');
    this.transfers = new Transfers({ kind: 'file', atOnce: MAX_DOWNLOADS, ms: MAX_DOWNLOAD_MS, onBrokenOff });
  }

  /**
   * Sends the file or the requested range of it. Throws exportNotFound, exportNotReady, notRecorded,
   * rangeNotSatisfiable.
   */
  async send(caller: Caller, id: number, request: Request, response: Response): Promise<void> {
    const file = await this.files.get(caller, id);
    if (file.status !== ExportStatus.ready) throw exportNotReady(file.status);
    await this.transfers.run(caller.id, response, async () => {
      const event = { actor_id: caller.id, action: 'export.downloaded', subject: `exports/${id}` };
      if (request.method !== 'HEAD') await recordExport(this.db, event); // HEAD transfers no data
      const etag = `"${file.sha256}"`;
      const read = (range: ByteRange) => this.read(id, range);
      await sendFile(request, response, { size: file.size_bytes!, etag, ...nameOf(file), read });
    });
  }

  private async *read(id: number, { first, last }: ByteRange): AsyncGenerator<Buffer> {
    for (let at = first; at <= last;) {
      const begin = at % CHUNK_BYTES;
      const length = Math.min(CHUNK_BYTES - begin, last - at + 1);
      const { rows } = await execute(this.db, CHUNK, [id, Math.floor(at / CHUNK_BYTES), begin + 1, length]);
      const bytes = rows[0]?.[0] as Buffer | undefined;
      if (bytes?.length !== length) throw new Error(`Export ${id} was deleted during its download`);
      yield bytes;
      at += length;
    }
  }
}

function nameOf({ id, format, gzip }: ExportFile): { media: string; filename: string } {
  const { media } = FORMATS[format];
  return { media: gzip ? GZIP_MEDIA : media, filename: `orders-${id}.${format}${gzip ? '.gz' : ''}` };
}
