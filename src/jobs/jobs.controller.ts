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

  /**
   * Lists your jobs. Admins get all jobs. The oldest jobs come first. `failure` says why a job failed. The data of a
   * job is not shown.
   */
  @SignedIn()
  @Get()
  @Returns([JobResponse])
  listJobs(@CurrentUser() caller: Caller, @Query() query: JobListQuery) {
    return this.records.list(caller, query);
  }

  /** Shows one of your jobs. Admins can see every job. A job is deleted 14 days after it ends. */
  @SignedIn()
  @Get(':job_id')
  @Returns(JobResponse, { errors: [jobNotFound] })
  getJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.get(caller, job_id);
  }

  /**
   * Retries a job now. The job must be in the state `failed`, `cancelled` or `retry`; otherwise, the response is a 409.
   * The job gets all its attempts again.
   */
  @Roles(UserRole.admin)
  @Post(':job_id/retry')
  @Returns(JobResponse, { errors: [jobNotFound, wrongJobState] })
  retryJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.retry(caller, job_id);
  }

  /**
   * Cancels a job that has not ended. If an attempt is running, its result is discarded. If the job has ended, the
   * response is a 409.
   */
  @Roles(UserRole.admin)
  @Post(':job_id/cancellation')
  @Returns(JobResponse, { errors: [jobNotFound, wrongJobState] })
  cancelJob(@CurrentUser() caller: Caller, @Param('job_id', new UuidPipe(jobNotFound)) job_id: string) {
    return this.records.cancel(caller, job_id);
  }
}
