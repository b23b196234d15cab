import type { DemoExamples } from '../openapi/demo-examples.js';
import { JobState } from './job-row.entity.js';

// The demo jobs that the examples in the OpenAPI document refer to.

/** A cancelled job, which can be retried. */
export const CANCELLED_JOB_ID = '01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10';
/** A job that is due far in the future, which can be cancelled. */
export const WAITING_JOB_ID = '01a1084d-6c01-7b52-8e07-c4f19a3d2b65';

export default {
  getJob: { ids: { job_id: CANCELLED_JOB_ID } },
  retryJob: { ids: { job_id: CANCELLED_JOB_ID }, requires: { state: [JobState.failed, JobState.cancelled] } },
  cancelJob: { ids: { job_id: WAITING_JOB_ID }, requires: { state: [JobState.created] } },
} satisfies DemoExamples;
