import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { IsSort, PageQuery } from '../kernel/http/page-query.dto.js';
import { IsDateTime } from '../kernel/validation/fields.js';

export class AuditListQuery extends PageQuery {
  /**
   * Only events caused by this user.
   * @example 1
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  actor_id?: number | null;

  /**
   * Only this action, for example `session.began` or `user.updated`.
   * @example "session.began"
   */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string | null;

  /**
   * Only events about this object, written as `users/2`.
   * @example "users/2"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  subject?: string | null;

  /**
   * Only events of the request with this `X-Request-ID`.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  request_id?: string | null;

  /**
   * Only events at or after this time.
   * @example "2026-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  from?: Date | null;

  /**
   * Only events at or before this time.
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
   * Id of the entry. Later entries have higher ids.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  id!: number;

  /** When the entry was written (UTC). */
  at!: Date;

  /**
   * Id of the user who did it. Null if nobody was signed in. The account may have been deleted since.
   * @example 1
   */
  actor_id!: number | null;

  /**
   * What was done: the kind of object and a verb, such as `user.updated`.
   * @example "user.updated"
   */
  action!: string;

  /**
   * The object that it was done to: its path and id, such as `users/2`.
   * @example "users/2"
   */
  subject!: string;

  /**
   * The `X-Request-ID` of the request that did it, or whose job did it. Null if a command did it.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  request_id!: string | null;

  /**
   * The network address of the client: an IPv4 address, or the /64 network of an IPv6 address. Null if unknown.
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
