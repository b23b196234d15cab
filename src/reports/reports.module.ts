import { Module } from '@nestjs/common';
import { DailyReport } from './daily-report.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';
import { CacheModule } from '../cache/cache.module.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MailModule } from '../mail/mail.module.js';

@Module({
  imports: [KernelModule, CacheModule, AuthModule, JobsModule, MailModule],
  controllers: [ReportsController],
  providers: [ReportsService, DailyReport],
})
export class ReportsModule {}
