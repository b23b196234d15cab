import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { ReturnsMedia } from '../kernel/http/returns.js';
import { setStreamHeaders, negotiateFormat } from './stream-response.js';
import { EXAMPLES } from './examples.js';
import { ExportQuery } from './exports.dto.js';
import { notRecorded } from './exports.errors.js';
import { ExportsService } from './exports.service.js';
import { formatOf, FORMATS } from './order-rows.js';

const { csv, ndjson } = FORMATS;
const CSV = { [csv.media]: EXAMPLES[csv.media] };
const NDJSON = { [ndjson.media]: EXAMPLES[ndjson.media] };

@ApiTags('reports')
@Controller('export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  /**
   * Streams your orders as CSV. Admins get the orders of all users. With `Accept: application/x-ndjson`, the response
   * has one JSON object per line instead. With `Accept-Encoding: gzip`, it is compressed. All rows are from the same
   * point in time. If the export fails midway, the server aborts the connection, so that your client notices that the
   * file is incomplete. It also does so after ten minutes, or if you read nothing for one minute: use `POST /exports`
   * for large exports.
   *
   * In CSV, a text that a spreadsheet would run as a formula gets a leading apostrophe. So does a formula after a `;`,
   * a tab or a line break inside a text. Texts that contain a `;` or a tab are quoted.
   */
  @SignedIn()
  @Get()
  @ReturnsMedia(CSV, {
    mediaOnRequest: NDJSON,
    errors: [notRecorded],
    headers: {
      'Content-Disposition': 'Always `attachment`, with the file name `data.csv` or `data.ndjson`.',
      'Content-Encoding': {
        description: 'Present if the stream is compressed, which requires `Accept-Encoding: gzip`.',
        values: ['gzip'],
        required: false,
      },
    },
  })
  async exportOrders(
    @CurrentUser() caller: Caller,
    @Query() { bom }: ExportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const encoding = negotiateFormat(request, response, Object.keys(EXAMPLES));
    if (request.method !== 'HEAD') return this.exports.write(caller, encoding, bom, response);
    setStreamHeaders(response, encoding, FORMATS[formatOf(encoding.media)].filename);
    response.end();
  }
}
