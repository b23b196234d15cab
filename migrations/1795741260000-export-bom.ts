import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds whether the file of an export begins with a byte order mark. */
export class ExportBom1795741260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table exports add column bom boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table exports drop column bom');
  }
}
