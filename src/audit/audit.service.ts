import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Page } from '../kernel/database/page.js';
import { AuditEvent } from './audit-event.entity.js';
import type { AuditEventResponse, AuditListQuery } from './audit.dto.js';

/**
 * Each goes by an index that has the ids in order. Ids rise with the time but for what was written at the same moment, a
 * minute at the most: so that a time bounds the ids too, and combines with every index.
 */
const FILTERS = {
  actor_id: 'actor_id = :actor_id',
  action: 'action = :action',
  subject: 'subject = :subject',
  request_id: 'request_id = :request_id',
  from: `at >= :from and id > coalesce((select e.id from audit_events e
    where e.at < cast(:from as timestamptz) - interval '1 minute' order by e.at desc, e.id desc limit 1), 0)`,
  to: `at <= :to and id < coalesce((select e.id from audit_events e
    where e.at > cast(:to as timestamptz) + interval '1 minute' order by e.at, e.id limit 1), 9223372036854775807)`,
} as const;

type Filter = keyof typeof FILTERS;

@Injectable()
export class AuditService {
  constructor(@InjectRepository(AuditEvent) private readonly events: BaseRepository<AuditEvent>) {}

  /** Newest first. */
  async list(query: AuditListQuery): Promise<Page<AuditEventResponse>> {
    const given = (Object.keys(FILTERS) as Filter[]).filter((name) => query[name] != null);
    const rows = given.reduce((narrowed, name) => narrowed.where(FILTERS[name]), this.events.rows);
    const found = await rows
      .plannedAnew()
      .by('id', 'DESC')
      .page(query, { ...query });
    return found.convert((event) => ({ ...event, id: Number(event.id) }));
  }
}
