import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentUser, Roles, SignedIn, UserRole, type Caller } from '../kernel/access/access.js';
import { UuidPipe } from '../kernel/http/id.pipe.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { JobRecordsService } from './job-records.service.js';
import { JobListQuery, JobResponse } from './jobs.dto.js';
import { jobNotFound, wrongJobState } from './jobs.errors.js';

// The routes of /jobs.

@Tag('jobs', 'Background jobs: list, retry and cancel them.')
@Controller('jobs')
export class JobsController {
  constructor(private readonly records: JobRecordsService) {}

  /** Lists your jobs, or all for an admin. Oldest first. Shows why a job failed, but not its data. */
  @SignedIn()
  @Get()
  @Returns([JobResponse])
  listJobs(@CurrentUser() caller: Caller, @Query() query: JobListQuery) {
    return this.records.list(caller, query);
  }

  /** Shows a job of yours, or any for an admin. Jobs are kept for 14 days after they end. */
  @SignedIn()
  @Get(':job_id')
  @Returns(JobResponse, { errors: [jobNotFound] })
  getJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.get(caller, job_id);
  }

  /** Retries a job now. It must have failed, been cancelled, or be waiting for its next attempt. */
  @Roles(UserRole.admin)
  @Post(':job_id/retry')
  @Returns(JobResponse, { errors: [jobNotFound, wrongJobState] })
  retryJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.retry(caller, job_id);
  }

  /** Cancels a job that has not ended. If an attempt is running, its result is discarded. */
  @Roles(UserRole.admin)
  @Post(':job_id/cancellation')
  @Returns(JobResponse, { errors: [jobNotFound, wrongJobState] })
  cancelJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.cancel(caller, job_id);
  }
}
