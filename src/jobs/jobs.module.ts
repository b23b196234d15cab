import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PgBoss } from 'pg-boss';
import { Config } from '../config/config.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { JobRecordsService } from './job-records.service.js';
import { JobRow } from './job-row.entity.js';
import { JobsController } from './jobs.controller.js';
import { Jobs } from './jobs.service.js';
import { createQueueClient } from './queue.js';

// The job queue (pg-boss) and the routes of /jobs.

@Module({
  imports: [KernelModule, TypeOrmModule.forFeature([JobRow])],
  controllers: [JobsController],
  providers: [{ provide: PgBoss, inject: [Config], useFactory: createQueueClient }, Jobs, JobRecordsService],
  exports: [Jobs],
})
export class JobsModule {}
