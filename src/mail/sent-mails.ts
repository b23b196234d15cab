import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { execute } from '../kernel/database/statement.js';
import { outsideTransaction } from '../kernel/database/current-transaction.js';

const KNOWN = 'select 1 from sent_mails where id = $1';
const ADD = 'insert into sent_mails (id) values ($1) on conflict do nothing';
/** Deletes records after 60 days. Jobs are not retried for that long. */
const FORGET = `
  delete from sent_mails where id in (
    select id from sent_mails where accepted_at < now() - interval '60 days' limit $1
  ) returning 1`;

/** The record of mails that the mail server has accepted. */
@Injectable()
export class SentMails implements OnModuleInit {
  /**
   * Accepted mails that are not recorded yet, for example because the database is unavailable. This process does not
   * send them again.
   */
  private readonly unnoted = new Set<string>();

  constructor(
    private readonly db: EntityManager,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('23 3 * * *', 'sent-mails-clean-up', (job) => deleteInBatches(job, FORGET));
  }

  async has(id: string): Promise<boolean> {
    if (this.unnoted.has(id)) {
      await this.add(id);
      return true;
    }
    const { rows } = await execute(this.db, KNOWN, [id]);
    return rows.length > 0;
  }

  async add(id: string): Promise<void> {
    this.unnoted.add(id);
    // outside the transaction, since the mail is sent even if the transaction fails
    await outsideTransaction(() => execute(this.db, ADD, [id]));
    this.unnoted.delete(id);
  }
}
