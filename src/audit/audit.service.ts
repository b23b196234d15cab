import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { equals, type Filters } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import { AuditEvent } from './audit-event.entity.js';
import type { AuditEventResponse, AuditListQuery } from './audit.dto.js';

/**
 * Each filter uses an index that is sorted by id. Ids rise with time, except between events written within the same
 * minute. So a limit of the time also limits the ids, which works with every index.
 */
const FILTERS: Filters = {
  ...equals('actor_id', 'integer'),
  ...equals('action', 'text'),
  ...equals('subject', 'text'),
  ...equals('request_id', 'text'),
  from: {
    condition: `at >= :from and id > coalesce((select e.id from audit_events e
    where e.at < cast(:from as timestamptz) - interval '1 minute' order by e.at desc, e.id desc limit 1), 0)`,
  },
  to: {
    condition: `at <= :to and id < coalesce((select e.id from audit_events e
    where e.at > cast(:to as timestamptz) + interval '1 minute' order by e.at, e.id limit 1), 9223372036854775807)`,
  },
};

@Injectable()
export class AuditService {
  constructor(@InjectRepository(AuditEvent) private readonly events: BaseRepository<AuditEvent>) {}

  /** Returns a page of audit events, newest first. */
  async list(query: AuditListQuery): Promise<Page<AuditEventResponse>> {
    const found = await this.events.rows.filtered(FILTERS, query).orderBy('id', 'DESC').page(query);
    return found.convert((event) => ({ ...event, id: Number(event.id) }));
  }
}
