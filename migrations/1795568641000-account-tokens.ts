import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the tokens in mails, and whether an account's e-mail address is verified. */
export class AccountTokens1795568641000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table account_tokens');
    await runner.query('alter table users drop column email_verified_at');
  }
}

const UP = [
  'alter table users add column email_verified_at timestamp(3) with time zone',
  `create table account_tokens (
    user_id integer not null constraint account_tokens_user_id_fkey references users on delete cascade,
    purpose text not null
      constraint account_tokens_purpose_check check (purpose in ('password_reset', 'email_verification', 'email_change')),
    email text not null,
    token_hash text not null constraint account_tokens_token_hash_key unique,
    created_at timestamp(3) with time zone not null,
    expires_at timestamp(3) with time zone not null,
    used_at timestamp(3) with time zone,
    constraint account_tokens_pkey primary key (user_id, purpose)
  )`,
  'create index account_tokens_expires_at_idx on account_tokens (expires_at)',
];
