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
   * Analyses the sales. Returns sales figures per item, and pairs of items that the same customers order. The analysis
   * covers the 200,000 most recent orders that are not cancelled. If the server uses Redis, the result can be up to
   * five seconds old. If the analysis takes too long, the response is a 503.
   */
  @SignedIn()
  @Get()
  @Returns(SalesReport)
  analyseSales() {
    return this.reports.sales();
  }
}
