import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { SalesReport } from './reports.dto.js';
import { ReportsService } from './reports.service.js';

@ApiTags('reports')
@Controller('process')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  /** Analyses the sales. In a worker thread: percentiles of each item's orders, and items bought by the same customers. */
  @SignedIn()
  @Get()
  @Returns(SalesReport)
  analyseSales() {
    return this.reports.sales();
  }
}
