import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { IsSort, PageQuery } from '../kernel/http/page-query.dto.js';
import { IsDateTime } from '../kernel/validation/fields.js';

export class AuditListQuery extends PageQuery {
  /**
   * Only events that the user with this id caused.
   * @example 1
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  actor_id?: number | null;

  /**
   * Only events with this action, such as `session.began` or `user.updated`.
   * @example "session.began"
   */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string | null;

  /**
   * Only events about this object, given as path and id: `users/2`.
   * @example "users/2"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  subject?: string | null;

  /**
   * Only events that the request with this `X-Request-ID` caused, directly or through its jobs.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  request_id?: string | null;

  /**
   * Only events at or after this time. A time without an offset is UTC.
   * @example "2026-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  from?: Date | null;

  /**
   * Only events at or before this time. A time without an offset is UTC.
   * @example "2036-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  to?: Date | null;

  /**
   * Sort order: `id` (oldest first) or `-id` (newest first, the default).
   * @example "-id"
   */
  @IsSort('id')
  sort?: string | null;
}

@ApiSchema({ description: 'An entry of the audit trail. Entries are never changed.' })
export class AuditEventResponse {
  /**
   * Id of the entry. Ids rise with time; only entries of the same minute can be out of order.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  id!: number;

  /** When the entry was written (UTC). */
  at!: Date;

  /**
   * Id of the user who caused the event. Null if no user was signed in. The account may have been deleted since then.
   * @example 1
   */
  actor_id!: number | null;

  /**
   * What happened: the kind of object and a verb, such as `user.updated`.
   * @example "user.updated"
   */
  action!: string;

  /**
   * The object that the event is about, such as `users/2`. For a denied request, its method and route.
   * @example "users/2"
   */
  subject!: string;

  /**
   * The `X-Request-ID` of the request that caused the event, directly or through a job. Null if no request caused it,
   * but for example a command.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  request_id!: string | null;

  /**
   * The IP address of the client: an IPv4 address, or the /64 network of an IPv6 address. Null if it is unknown or the
   * event was not caused by a request directly.
   * @example "203.0.113.7"
   */
  address!: string | null;

  /**
   * More about the event: a `reason`, the names of the changed `fields`, their values `before` and `after`, and the
   * `trace_id` of the request, if it is part of a trace. Never contains secrets.
   * @example { "reason": "marriage", "fields": ["name"], "before": { "name": "Ann" }, "after": { "name": "Ann Lee" } }
   */
  @ApiProperty({ type: 'object', additionalProperties: true })
  details!: Record<string, unknown>;
}
