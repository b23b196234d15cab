import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentUser, type Caller } from '../kernel/http/access.js';
import { ReturnsMedia } from '../kernel/http/returns.js';
import { ExportsService } from './exports.service.js';

const EXAMPLE = `id,user_id,item_id,item,quantity,total_cents,status,created_at
1,2,1,Desk lamp,1,495,new,2026-01-31T09:30:00.000Z
`;

@ApiTags('reports')
@Controller('export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  /** Streams your orders as CSV, or all for an admin. */
  @Get()
  @ReturnsMedia('text/csv', {
    headers: { 'Content-Disposition': 'Always `attachment; filename=data.csv`.' },
    example: EXAMPLE,
  })
  exportOrders(@CurrentUser() caller: Caller, @Res({ passthrough: true }) response: Response) {
    return this.exports.write(caller, response);
  }
}
