import type { EntityManager } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { toJobResponse } from '../jobs/job-records.service.js';
import { CAUSED_BY, IS_LISTED, JobRow } from '../jobs/job-row.entity.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { SentMail } from '../mail/sent-mail.entity.js';
import type { RequestStory } from './requests.dto.js';

const MAX = { limit: 100, offset: 0 };

/**
 * Returns what the database contains about a request: its jobs, their mails, and the audit events of both. At most 100
 * jobs and 100 events.
 */
export async function durableStory(
  db: EntityManager,
  request_id: string,
): Promise<Pick<RequestStory, 'jobs' | 'mails' | 'audit_events'>> {
  const caused = repositoryOf(db, JobRow).where(IS_LISTED).where(`${CAUSED_BY} = :request_id`).orderBy('id', 'ASC');
  const jobs = await caused.all({ request_id, ...MAX });
  const sent = repositoryOf(db, SentMail).where('id = any(cast(:ids as uuid[]))');
  const events = repositoryOf(db, AuditEvent).where('request_id = :request_id').orderBy('id', 'ASC');
  const mails = jobs.length === 0 ? [] : await sent.all({ ids: jobs.map(({ id }) => id) });
  const audited = await events.all({ request_id, ...MAX });
  return {
    jobs: jobs.map(toJobResponse),
    mails: mails.toSorted((a, b) => a.accepted_at.getTime() - b.accepted_at.getTime()),
    audit_events: audited.map((event) => Object.assign(event, { id: Number(event.id) })),
  };
}
