import type { MigrationInterface, QueryRunner } from 'typeorm';
import { OperatorError } from '../src/config/operator-error.js';

/** Adds trigram indexes for searches, and an index of accounts by whether they are active. */
export class SearchAndListIndexes1795392000000 implements MigrationInterface {
  /** Throws an OperatorError if the extension pg_trgm is missing and this role may not create it. */
  async up(runner: QueryRunner): Promise<void> {
    try {
      await runner.query('create extension if not exists pg_trgm');
    } catch (error) {
      throw new OperatorError(
        `Searching needs PostgreSQL's extension pg_trgm: let an administrator run "create extension pg_trgm" in this database once. It says: ${(error as Error).message}`,
        { cause: error },
      );
    }
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop index users_is_active_id_idx, users_name_search_idx, users_email_search_idx, items_name_search_idx',
    );
    await runner.query(DROP_EXTENSION);
  }
}

/**
 * New entries wait in a pending list until they are merged into the index. Every search reads the whole list. It is
 * kept short, since PostgreSQL prefers to read the whole table rather than a long list.
 */
const UP = [
  'create index users_is_active_id_idx on users (is_active, id)',
  'create index users_name_search_idx on users using gin (lower(name) gin_trgm_ops) with (gin_pending_list_limit = 64)',
  'create index users_email_search_idx on users using gin (lower(email) gin_trgm_ops) with (gin_pending_list_limit = 64)',
  'create index items_name_search_idx on items using gin (lower(name) gin_trgm_ops) with (gin_pending_list_limit = 64)',
];

/** Keeps the extension if another role owns it, or if something else depends on it. */
const DROP_EXTENSION = `do $$
  begin drop extension pg_trgm;
  exception when dependent_objects_still_exist or insufficient_privilege then null;
  end
$$`;
