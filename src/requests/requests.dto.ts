import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { AuditEventResponse } from '../audit/audit.dto.js';
import { JobResponse } from '../jobs/jobs.dto.js';

// Request and response models of /requests.

export class RequestPath {
  /**
   * The `X-Request-ID` of the request.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  @IsString()
  @MaxLength(64)
  @Matches(/^[A-Za-z0-9._-]{1,64}$/) // a literal, so that the OpenAPI document also contains it
  request_id!: string;
}

@ApiSchema({ description: 'A log line that was written for a request or one of its jobs.' })
export class StoryLine {
  /** When the line was written (UTC). */
  time!: Date;

  /**
   * Severity of the line: `debug`, `info`, `warn`, `error` or `fatal`.
   * @example "info"
   */
  level!: string;

  /**
   * Text of the line.
   * @example "request"
   */
  message!: string;

  /**
   * Id of the job that wrote the line. Null if the request wrote it.
   * @example "01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10"
   */
  job_id!: string | null;

  /**
   * Other fields of the line.
   * @example { "method": "POST", "route": "/orders", "status": 201, "ms": 12.5 }
   */
  @ApiProperty({ type: 'object', additionalProperties: true })
  details!: Record<string, unknown>;
}

@ApiSchema({ description: 'An SQL statement that ran for a request or one of its jobs.' })
export class StoryStatement {
  /**
   * The statement without the values of its parameters.
   * @example "select id from items where id = $1"
   */
  text!: string;

  /**
   * Id of the job that ran the statement. Null if the request ran it.
   * @example "01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10"
   */
  job_id!: string | null;

  /**
   * When the statement started, in microseconds after the start of the request or of the attempt at the job.
   * @example 1250
   */
  start_us!: number;

  /**
   * Duration of the statement until its result, in microseconds.
   * @example 830
   */
  duration_us!: number;
}

@ApiSchema({ description: 'A mail that the mail server has accepted.' })
export class StoryMail {
  /**
   * Id of the mail. It is the same as the id of its job.
   * @example "01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10"
   */
  id!: string;

  /** When the mail server accepted it (UTC). */
  accepted_at!: Date;
}

@ApiSchema({ description: 'What one request did: its log lines, SQL statements, jobs, mails and audit events.' })
export class RequestStory {
  /**
   * The `X-Request-ID` of the request.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  request_id!: string;

  /** Log lines of the request and its jobs, oldest first. Only lines that this server still has in memory. */
  lines!: StoryLine[];

  /** SQL statements of the request and its jobs. Only statements that this server still has in memory. */
  statements!: StoryStatement[];

  /** Jobs that the request queued, and jobs that these jobs queued. At most 100, oldest first. */
  jobs!: JobResponse[];

  /** Mails that these jobs have sent. */
  mails!: StoryMail[];

  /** Audit events of the request and its jobs. At most 100, oldest first. */
  audit_events!: AuditEventResponse[];
}
