import { Controller, Get } from '@nestjs/common';
import { SignedIn } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { SalesReport } from './reports.dto.js';
import { ReportsService } from './reports.service.js';

@Tag('reports', 'Dashboards, sales analysis and exports.')
@Controller('process')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  /**
   * Analyses the sales. It computes percentiles of the orders of each item, and which items the same customers order,
   * in a worker thread.
   */
  @SignedIn()
  @Get()
  @Returns(SalesReport)
  analyseSales() {
    return this.reports.sales();
  }
}
