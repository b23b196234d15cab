import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { ReturnsMedia } from '../kernel/http/returns.js';
import { describeFile, negotiate } from '../kernel/http/stream.js';
import { EXAMPLES } from './examples.js';
import { ExportQuery } from './exports.dto.js';
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
   * Streams your orders as CSV, or all for an admin. `Accept: application/x-ndjson` gives a JSON object a line instead,
   * `Accept-Encoding: gzip` compresses it on the way. It is all of one moment. A transfer that breaks off is not the
   * whole: there is no end without an error.
   *
   * In CSV, texts that a spreadsheet would take for a formula begin with an apostrophe, and so does such a part of a text
   * behind a `;`, a tab or a line end; texts with a `;` or a tab are in quotes.
   */
  @SignedIn()
  @Get()
  @ReturnsMedia(CSV, {
    onRequest: NDJSON,
    headers: {
      'Content-Disposition': 'Always `attachment; filename=data.csv`, or `data.ndjson`.',
      'Content-Encoding': { description: 'Where `Accept-Encoding` allows it.', values: ['gzip'], required: false },
    },
  })
  async exportOrders(
    @CurrentUser() caller: Caller,
    @Query() { bom }: ExportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const encoding = negotiate(request, response, Object.keys(EXAMPLES));
    if (request.method !== 'HEAD') return this.exports.write(caller, encoding, bom, response);
    describeFile(response, encoding, FORMATS[formatOf(encoding.media)].filename);
    response.end();
  }
}
