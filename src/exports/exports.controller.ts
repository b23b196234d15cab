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
   * Streams your orders as CSV, or all for an admin. `Accept: application/x-ndjson` returns one JSON object per line
   * instead, and `Accept-Encoding: gzip` compresses the stream. All rows are of the same moment. A transfer that
   * fails is cut off, so a client always notices that rows are missing.
   *
   * In CSV, texts that a spreadsheet would run as a formula get a leading apostrophe, also after a `;`, a tab or a
   * line end inside the text. Texts with a `;` or a tab are quoted.
   */
  @SignedIn()
  @Get()
  @ReturnsMedia(CSV, {
    onRequest: NDJSON,
    errors: [notRecorded],
    headers: {
      'Content-Disposition': 'Always `attachment`, with the file name `data.csv` or `data.ndjson`.',
      'Content-Encoding': {
        description: 'Present if the stream is compressed, as `Accept-Encoding` allows.',
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
