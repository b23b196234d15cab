import { ApiSchema } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../kernel/http/page-query.dto.js';
import { JobState } from './job-row.entity.js';

// Request and response models of /jobs.

export class JobListQuery extends PageQuery {
  /**
   * Only jobs of this kind.
   * @example "welcome-mail"
   */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  @Matches(/^[a-z\d-]+$/)
  kind?: string | null;

  /**
   * Only jobs in this state. A `failed` job is not retried automatically.
   * @example "completed"
   */
  @IsOptional()
  @IsEnum(JobState)
  state?: JobState | null;
}

@ApiSchema({ description: 'A background job.' })
export class JobResponse {
  /**
   * Id of the job.
   * @example "01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10"
   */
  id!: string;

  /**
   * What the job does, such as `welcome-mail`.
   * @example "welcome-mail"
   */
  kind!: string;

  /**
   * `created` and `retry` wait for the next attempt, `active` is running; `completed`, `cancelled` and `failed` have
   * ended.
   */
  state!: JobState;

  /**
   * Id of the user that the job belongs to. Null if it belongs to no user, as scheduled jobs do.
   * @example 2
   */
  user_id!: number | null;

  /**
   * Number of attempts started so far.
   * @example 1
   */
  attempts!: number;

  /** When the job was queued (UTC). */
  created_at!: Date;

  /** The earliest time of the next attempt (UTC). */
  due_at!: Date;

  /** When the most recent attempt began (UTC). Null before the first attempt. */
  started_at!: Date | null;

  /** When the job completed, failed or was cancelled (UTC). Null until then. */
  finished_at!: Date | null;

  /**
   * Why the most recent attempt failed. Null if no attempt has failed, or if the job completed.
   * @example "The mail server refused the mail (550)"
   */
  failure!: string | null;
}
