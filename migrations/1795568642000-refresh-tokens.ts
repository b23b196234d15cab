import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Makes refresh tokens random and stores their hashes. Before, they were derived from a key. */
export class RefreshTokens1795568642000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

/** Existing sessions last as long as their access tokens, one day at most. */
const UP = [
  `alter table sessions
    add column family_hash text,
    add column token_hash text,
    add column parent_hash text,
    add column salt text`,
  `update sessions set expires_at = least(expires_at, now() + interval '1 day') where revoked_at is null`,
];

const DOWN = [
  `alter table sessions
    drop column family_hash,
    drop column token_hash,
    drop column parent_hash,
    drop column salt`,
];
