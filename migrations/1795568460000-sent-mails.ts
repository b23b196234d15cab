import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records which mails the mail server has accepted, so that none is sent again. */
export class SentMails1795568460000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table sent_mails (
      id uuid constraint sent_mails_pkey primary key,
      accepted_at timestamp(3) with time zone not null default now()
    )`);
    await runner.query('create index sent_mails_accepted_at_idx on sent_mails (accepted_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sent_mails');
  }
}
