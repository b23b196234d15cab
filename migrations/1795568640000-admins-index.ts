import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes the active admins: before one is removed, a query checks that there is another. */
export class AdminsIndex1795568640000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index users_admins_idx on users (id) where role = 'admin' and is_active`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index users_admins_idx');
  }
}
