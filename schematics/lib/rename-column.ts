import type { Tree } from '@angular-devkit/schematics';
import { hasMigration, triggerOf, writeMigration } from './migrations.ts';
import type { Names } from './names.ts';

/** A column, its new name and its properties. */
interface Renaming {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly isSearched: boolean;
  /** The condition with the new name. */
  readonly check: string | undefined;
}

const BATCH = 1000;

/** Returns whether a migration keeps the columns `from` and `to` of a table equal with a trigger. */
export const isRenamedTo = (tree: Tree, { table }: Pick<Names, 'table'>, from: string, to: string) =>
  hasMigration(
    tree,
    (text) =>
      text.includes(`create function ${triggerOf(table, from)}(`) &&
      text.includes(`new.${to} := coalesce(new.${to}, new.${from})`),
  );

/** Adds a column with the new name. Both columns exist and are equal until the former one is removed. */
export function renameColumn(tree: Tree, { table, file, manyWords }: Names, renaming: Renaming): void {
  const { from, to, type, isNullable, check } = renaming;
  const trigger = triggerOf(table, from);
  const name = `${file}-${to.replaceAll('_', '-')}-for-${from.replaceAll('_', '-')}`;
  writeMigration(tree, {
    name,
    about: `Renames ${from} of ${manyWords} to ${to}. A trigger keeps both columns equal while builds with either name run.`,
    up: [
      `alter table ${table} add column ${to} ${type}`,
      ...(isNullable ? [] : [`alter table ${table} alter column ${from} drop not null`]),
      ...(check === undefined
        ? []
        : [`alter table ${table} add constraint ${table}_${to}_check check (${check}) not valid`]),
      syncFunction(trigger, from, to),
      `create trigger ${trigger} before insert or update on ${table} for each row execute function ${trigger}()`,
    ],
    down: [
      `drop trigger if exists ${trigger} on ${table}`,
      `drop function if exists ${trigger}()`,
      ...(isNullable ? [] : [`alter table ${table} alter column ${from} set not null`]),
      `alter table ${table} drop column ${to}`,
    ],
  });
  fill(tree, table, name, manyWords, renaming);
}

/** Copies the existing rows in batches, and checks them while others read and write. */
function fill(
  tree: Tree,
  table: string,
  name: string,
  manyWords: string,
  { from, to, isNullable, isSearched, check }: Renaming,
): void {
  const filled = `${table}_${to}_filled`;
  const index = `${table}_${to}_search_idx`;
  const notNull = [
    `alter table ${table} add constraint ${filled} check (${to} is not null) not valid`,
    `alter table ${table} validate constraint ${filled}`,
    `alter table ${table} alter column ${to} set not null`,
    `alter table ${table} drop constraint ${filled}`,
  ];
  writeMigration(tree, {
    name: `${name}-filled`,
    about: `Fills ${to} of all ${manyWords} in batches.`,
    up: [
      copyStatement(table, from, to),
      ...(check === undefined ? [] : [`alter table ${table} validate constraint ${table}_${to}_check`]),
      ...(isNullable ? [] : notNull),
      ...(isSearched
        ? [
            `drop index concurrently if exists ${index}`,
            `create index concurrently ${index} on ${table} using gin (search_text(${to}) gin_trgm_ops) with (gin_pending_list_limit = 64)`,
          ]
        : []),
    ],
    down: [
      ...(isSearched ? [`drop index ${index}`] : []),
      isNullable ? 'select 1' : `alter table ${table} alter column ${to} drop not null`,
    ],
    concurrent: true,
  });
}

const syncFunction = (
  name: string,
  from: string,
  to: string,
) => `create function ${name}() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          new.${to} := coalesce(new.${to}, new.${from});
          new.${from} := new.${to};
        elsif new.${to} is distinct from old.${to} then
          new.${from} := new.${to};
        else
          new.${to} := new.${from};
        end if;
        return new;
      end $$`;

const copyStatement = (table: string, from: string, to: string) => `do $$
      declare last integer := 0;
      begin
        while last < (select coalesce(max(id), 0) from ${table}) loop
          update ${table} set ${to} = ${from} where id > last and id <= last + ${BATCH} and ${to} is distinct from ${from};
          commit;
          last := last + ${BATCH};
        end loop;
      end $$`;
