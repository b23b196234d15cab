import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobRecords } from './job-records.service.js';
import { JobsController } from './jobs.controller.js';
import { Jobs } from './jobs.service.js';
import { JobRow } from './job-row.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';

@Module({
  imports: [KernelModule, TypeOrmModule.forFeature([JobRow])],
  controllers: [JobsController],
  providers: [Jobs, JobRecords],
  exports: [Jobs],
})
export class JobsModule {}
