import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether there is another admin is asked whenever one is about to go. */
export class AdminsIndex1795568640000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index users_admins_idx on users (id) where role = 'admin' and is_active`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index users_admins_idx');
  }
}
