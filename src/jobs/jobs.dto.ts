import { IsEnum, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../kernel/http/page-query.dto.js';
import { JobState } from './job-row.entity.js';

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
   * Only jobs in this state; those that are `failed` are the dead letters.
   * @example "completed"
   */
  @IsOptional()
  @IsEnum(JobState)
  state?: JobState | null;
}

export class JobResponse {
  /** @example "01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10" */
  id!: string;

  /** @example "welcome-mail" */
  kind!: string;

  /** `created` and `retry` wait for their first or another attempt; `completed`, `cancelled` and `failed` have ended. */
  state!: JobState;

  /**
   * Whose job it is; null: nobody's, the system's own.
   * @example 2
   */
  user_id!: number | null;

  /**
   * Attempts that were begun.
   * @example 1
   */
  attempts!: number;

  created_at!: Date;

  /** While it waits, not before this time. */
  due_at!: Date;

  /** When the newest attempt began. */
  started_at!: Date | null;

  /** When it ended, in whatever way. */
  finished_at!: Date | null;

  /**
   * Why the newest attempt failed.
   * @example "The mail server refuses the mail (550)"
   */
  failure!: string | null;
}
