import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentUser, type Caller } from '../kernel/http/access.js';
import { ReturnsMedia } from '../kernel/http/returns.js';
import { ExportsService } from './exports.service.js';

@ApiTags('reports')
@Controller('export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  /** Streams your orders as CSV, or all for an admin. */
  @Get()
  @ReturnsMedia('text/csv', { headers: { 'Content-Disposition': 'Always `attachment; filename=data.csv`.' } })
  exportOrders(@CurrentUser() caller: Caller, @Res({ passthrough: true }) response: Response) {
    return this.exports.write(caller, response);
  }
}
