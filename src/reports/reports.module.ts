import { Module } from '@nestjs/common';
import { DailyReport } from './daily-report.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

@Module({ controllers: [ReportsController], providers: [ReportsService, DailyReport] })
export class ReportsModule {}
