import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { JobRow } from '../jobs/job-row.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { SentMail } from '../mail/sent-mail.entity.js';
import { RequestsController } from './requests.controller.js';
import { RequestsService } from './requests.service.js';

@Module({
  imports: [KernelModule, TypeOrmModule.forFeature([AuditEvent, JobRow, SentMail])],
  controllers: [RequestsController],
  providers: [RequestsService],
})
export class RequestsModule {}
