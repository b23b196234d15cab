import { Controller, Get } from '@nestjs/common';
import { SignedIn } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../kernel/openapi/tags.js';
import { SalesReport } from './reports.dto.js';
import { ReportsService } from './reports.service.js';

@Tag('reports', 'Figures and exports.')
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
