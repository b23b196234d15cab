import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts attempts at passwords and tokens, across all processes. */
export class Attempts1795568580000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table attempts (
      key text constraint attempts_pkey primary key,
      count integer not null,
      since timestamp(3) with time zone not null,
      until timestamp(3) with time zone
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table attempts');
  }
}
