import { Body, Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { PageQuery } from '../kernel/http/page-query.dto.js';
import { Returns, ReturnsMedia, ReturnsNothing } from '../kernel/http/returns.js';
import { ReadsPrimary } from '../replicas/replica-routing.js';
import { ExportDownloads } from './export-downloads.service.js';
import { ExportFilesService } from './export-files.service.js';
import { ExportCreate, ExportResponse } from './exports.dto.js';
import { exportNotFound, exportNotReady, notRecorded, tooManyFiles } from './exports.errors.js';
import { EXAMPLES } from './examples.js';
import { GZIP_MEDIA } from './order-rows.js';
import { FILE_HEADERS, rangeNotSatisfiable } from './send-file.js';

@ApiTags('reports')
@Controller('exports')
export class ExportFilesController {
  constructor(
    private readonly files: ExportFilesService,
    private readonly downloads: ExportDownloads,
  ) {}

  /**
   * Creates an export file of your orders. Admins export the orders of all users. A background job writes the file:
   * poll `GET /exports/{export_id}` until `status` is `ready`, then download it. Exports are kept for seven days. An
   * account can have ten exports at a time; a further one is refused with a 409.
   */
  @SignedIn()
  @Post()
  @Returns(ExportResponse, {
    status: 201,
    errors: [tooManyFiles],
    headers: { Location: 'Path of the new export.' },
    links: {
      get: { operation: 'getExport', parameters: { export_id: '$response.body#/id' } },
      download: { operation: 'downloadExport', parameters: { export_id: '$response.body#/id' } },
      delete: { operation: 'deleteExport', parameters: { export_id: '$response.body#/id' } },
    },
  })
  async createExport(@CurrentUser() caller: Caller, @Body() body: ExportCreate) {
    const made = await this.files.make(caller, body);
    return created(made, `/exports/${made.id}`);
  }

  /**
   * Lists your exports. The response does not contain the files: download each with `GET /exports/{export_id}/file`.
   * The oldest exports come first.
   */
  @SignedIn()
  @Get()
  @Returns([ExportResponse])
  listExports(@CurrentUser() caller: Caller, @Query() page: PageQuery) {
    return this.files.list(caller, page);
  }

  /** Shows the progress of one of your exports. When `status` is `ready`, the file can be downloaded. */
  @SignedIn()
  @ReadsPrimary()
  @Get(':export_id')
  @Returns(ExportResponse, { errors: [exportNotFound] })
  getExport(@CurrentUser() caller: Caller, @Param('export_id', new IdPipe(exportNotFound)) export_id: number) {
    return this.files.get(caller, export_id);
  }

  /**
   * Downloads the file of an export. The export must be `ready`; otherwise, the response is a 409. To resume an
   * interrupted download, send `Range: bytes=N-`, where N is the number of bytes that you have, and the `ETag` in
   * `If-Range`. The content of the file never changes. A download can take up to one hour.
   */
  @SignedIn()
  @ReadsPrimary()
  @Get(':export_id/file')
  @ReturnsMedia(
    { ...EXAMPLES, [GZIP_MEDIA]: 'one of the other formats, compressed' },
    {
      errors: [exportNotFound, exportNotReady, notRecorded, rangeNotSatisfiable],
      headers: FILE_HEADERS,
      ranges: true,
    },
  )
  downloadExport(
    @CurrentUser() caller: Caller,
    @Param('export_id', new IdPipe(exportNotFound)) export_id: number,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.downloads.send(caller, export_id, request, response);
  }

  /** Deletes one of your exports and its file. If a job is still writing the file, it stops. */
  @SignedIn()
  @Delete(':export_id')
  @ReturnsNothing({ errors: [exportNotFound] })
  deleteExport(@CurrentUser() caller: Caller, @Param('export_id', new IdPipe(exportNotFound)) export_id: number) {
    return this.files.remove(caller, export_id);
  }
}
