import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { IsSort, PageQuery } from '../kernel/http/page-query.dto.js';
import { IsDateTime, IsJsonObject } from '../kernel/validation/fields.js';

export class AuditListQuery extends PageQuery {
  /**
   * Who did it.
   * @example 1
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  actor_id?: number | null;

  /**
   * What was done, in the words of the trail.
   * @example "session.began"
   */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string | null;

  /**
   * What it was done to.
   * @example "users/2"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  subject?: string | null;

  /**
   * The `X-Request-ID` of the request that did it.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  request_id?: string | null;

  /**
   * Not before this time.
   * @example "2026-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  from?: Date | null;

  /**
   * Not after this time.
   * @example "2036-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  to?: Date | null;

  /**
   * The order: `id`, which rises with the time, or `-id`. Without it: newest first.
   * @example "-id"
   */
  @IsSort('id')
  sort?: string | null;
}

/** One entry of the audit trail: it is never changed. */
export class AuditEventResponse {
  /** @example 1 */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  id!: number;

  /** When it was written. */
  at!: Date;

  /**
   * Who did it; null where nobody had signed in. The account may be gone.
   * @example 1
   */
  actor_id!: number | null;

  /** @example "user.updated" */
  action!: string;

  /** @example "users/2" */
  subject!: string;

  /**
   * The `X-Request-ID` of the request that did it; null where a command did.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  request_id!: string | null;

  /**
   * Where the request came from: an IPv4 address, or the /64 network of an IPv6 address.
   * @example "203.0.113.7"
   */
  address!: string | null;

  /**
   * Why, and what was changed: the names of the `fields`, their values `before` and `after`. Never a secret.
   * @example { "reason": "marriage", "fields": ["name"], "before": { "name": "Ann" }, "after": { "name": "Ann Lee" } }
   */
  @IsJsonObject()
  details!: Record<string, unknown>;
}
