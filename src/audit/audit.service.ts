import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { equals, type Filters } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import { AuditEvent } from './audit-event.entity.js';
import type { AuditEventResponse, AuditListQuery } from './audit.dto.js';

/**
 * Each goes by an index that has the ids in order. Ids rise with the time but for what was written at the same moment, a
 * minute at the most: so that a time bounds the ids too, and combines with every index.
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

  /** Newest first. */
  async list(query: AuditListQuery): Promise<Page<AuditEventResponse>> {
    const found = await this.events.rows.filtered(FILTERS, query).orderBy('id', 'DESC').page(query);
    return found.convert((event) => ({ ...event, id: Number(event.id) }));
  }
}
