import type { MigrationInterface, QueryRunner } from 'typeorm';
import { OperatorError } from '../src/kernel/errors/operator-error.js';

/** Searches by trigrams, and the accounts by whether they are active. */
export class SearchAndListIndexes1795392000000 implements MigrationInterface {
  /** Throws an OperatorError when the database has no extension pg_trgm and does not let this role make it. */
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
 * New entries wait in a list until they are sorted in together. A search reads that list to its end: it is kept short, since
 * PostgreSQL reads the whole table rather than a long one.
 */
const UP = [
  'create index users_is_active_id_idx on users (is_active, id)',
  'create index users_name_search_idx on users using gin (lower(name) gin_trgm_ops) with (gin_pending_list_limit = 64)',
  'create index users_email_search_idx on users using gin (lower(email) gin_trgm_ops) with (gin_pending_list_limit = 64)',
  'create index items_name_search_idx on items using gin (lower(name) gin_trgm_ops) with (gin_pending_list_limit = 64)',
];

/** It stays where somebody else's it is, or where somebody else uses it. */
const DROP_EXTENSION = `do $$
  begin drop extension pg_trgm;
  exception when dependent_objects_still_exist or insufficient_privilege then null;
  end
$$`;
