import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['users', 'items', 'posts', 'orders'];

/**
 * Adds versions to rows, so that clients cannot overwrite changes that they have not seen. A trigger counts the
 * versions, so that every statement does: also one that changes the stock, or a foreign key that clears its column.
 */
export class Versions1795568400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create function count_version() returns trigger language plpgsql as $$
      begin new.version := old.version % 2147483647 + 1; return new; end $$`);
    for (const table of TABLES) {
      await runner.query(`alter table ${table} add column version integer not null default 1`);
      await runner.query(`create trigger ${table}_version before update on ${table}
        for each row execute function count_version()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`drop trigger ${table}_version on ${table}`);
      await runner.query(`alter table ${table} drop column version`);
    }
    await runner.query('drop function count_version()');
  }
}
