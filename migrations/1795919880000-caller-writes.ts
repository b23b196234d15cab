import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where the write-ahead log ended after a caller's last write, for reads of replicas. Unlogged: it costs no disk's time, and
 * what a crash takes from it is older than the replicas are late.
 */
export class CallerWrites1795919880000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create unlogged table caller_writes (
      caller bytea constraint caller_writes_pkey primary key,
      position pg_lsn not null,
      written_at timestamp(3) with time zone not null
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table caller_writes');
  }
}
