import { Global, Module } from '@nestjs/common';
import { JobRecords } from './job-records.service.js';
import { JobsController } from './jobs.controller.js';
import { Jobs } from './jobs.service.js';

@Global()
@Module({ controllers: [JobsController], providers: [Jobs, JobRecords], exports: [Jobs] })
export class JobsModule {}
