import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentUser, Roles, SignedIn, UserRole, type Caller } from '../kernel/access/access.js';
import { UuidPipe } from '../kernel/http/id.pipe.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../kernel/openapi/tags.js';
import { JobRecordsService } from './job-records.service.js';
import { JobListQuery, JobResponse } from './jobs.dto.js';
import { jobNotFound, wrongJobState } from './jobs.errors.js';

@Tag('jobs', 'Work in the background: where it stands, and another try.')
@Controller('jobs')
export class JobsController {
  constructor(private readonly records: JobRecordsService) {}

  /** Lists your jobs, or all for an admin. Oldest first; what a job is about is not shown, its failures are. */
  @SignedIn()
  @Get()
  @Returns([JobResponse])
  listJobs(@CurrentUser() caller: Caller, @Query() query: JobListQuery) {
    return this.records.list(caller, query);
  }

  /** Shows a job of yours, or any for an admin. Jobs are kept for 14 days after their end. */
  @SignedIn()
  @Get(':job_id')
  @Returns(JobResponse, { errors: [jobNotFound] })
  getJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.get(caller, job_id);
  }

  /** Tries a job again, now. One that has failed or was cancelled, or waits for its next attempt. */
  @Roles(UserRole.admin)
  @Post(':job_id/retry')
  @Returns(JobResponse, { errors: [jobNotFound, wrongJobState] })
  retryJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.retry(caller, job_id);
  }

  /** Cancels a job that has not ended. An attempt that runs meanwhile changes nothing any more. */
  @Roles(UserRole.admin)
  @Post(':job_id/cancellation')
  @Returns(JobResponse, { errors: [jobNotFound, wrongJobState] })
  cancelJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.cancel(caller, job_id);
  }
}
