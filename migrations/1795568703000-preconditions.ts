import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['users', 'items', 'posts', 'orders'];

/**
 * Makes the trigger that counts a row's versions also check the request's preconditions, so that they hold for every
 * kind of write. A request passes them to its transaction in the setting `aerie.precondition`. Without it, nothing
 * changes.
 */
export class Preconditions1795568703000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
    for (const table of TABLES) {
      await runner.query(`create or replace trigger ${table}_version before update or delete on ${table}
        for each row execute function count_version()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`create or replace trigger ${table}_version before update on ${table}
        for each row execute function count_version()`);
    }
    for (const statement of DOWN) await runner.query(statement);
  }
}

/**
 * The setting is JSON: `table`, `key` (its primary key), `id` if the path contains one, `match` and `none` (the
 * versions of If-Match and If-None-Match, or `*`), `required` (428 without If-Match). It applies to one row and is
 * checked once, since the transaction's own changes increment the version. src/kernel/errors/database-errors.ts
 * translates the error codes.
 */
const UP = [
  `create function judge_precondition(condition jsonb, version integer) returns void language plpgsql as $$
    declare tags text[] := array['*', version::text];
    begin
      perform set_config('aerie.precondition', '', true);
      if (condition ->> 'required')::boolean and not condition ? 'match' then
        raise exception 'the precondition is missing' using errcode = 'VS428';
      end if;
      if (condition ? 'match' and (version is null or not condition -> 'match' ?| tags)) or condition -> 'none' ?| tags then
        raise exception 'the row has another version: %', version using errcode = 'VS412';
      end if;
    end
  $$`,
  `create or replace function count_version() returns trigger language plpgsql as $$
    declare told text := current_setting('aerie.precondition', true); condition jsonb;
    begin
      if told <> '' then
        condition := told;
        if condition ->> 'table' = tg_table_name
          and coalesce(condition ->> 'id' = to_jsonb(old) ->> (condition ->> 'key'), true) then
          perform judge_precondition(condition, old.version);
        end if;
      end if;
      if tg_op = 'DELETE' then return old; end if;
      new.version := old.version % 2147483647 + 1;
      return new;
    end
  $$`,
  `create function settle_precondition(shown integer) returns void language plpgsql as $$
    declare told text := current_setting('aerie.precondition', true); condition jsonb; version integer := shown;
    begin
      if coalesce(told, '') = '' then return; end if;
      condition := told;
      if condition ? 'id' then
        execute format('select version from %I where %I = %L', condition ->> 'table', condition ->> 'key', condition ->> 'id')
          into version;
      end if;
      perform judge_precondition(condition, version);
    end
  $$`,
];

const DOWN = [
  `create or replace function count_version() returns trigger language plpgsql as $$
    begin new.version := old.version % 2147483647 + 1; return new; end $$`,
  'drop function settle_precondition(integer)',
  'drop function judge_precondition(jsonb, integer)',
];
