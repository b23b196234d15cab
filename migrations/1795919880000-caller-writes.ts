import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stores the position of the write-ahead log after each caller's last write, for reads from replicas. Unlogged: it
 * needs no disk writes, and the writes whose positions a crash loses are older than the lag of the replicas.
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
