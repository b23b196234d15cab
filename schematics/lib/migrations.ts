import type { Tree } from '@angular-devkit/schematics';
import { checkOf, plainColumn, quoted, references } from '../render/sql.ts';
import type { Field } from './fields.ts';
import { pascal, type Names } from './names.ts';

/** Returns the time for the name of a new migration, in milliseconds. It is later than all others. */
export function migrationTime(tree: Tree, now = Date.now()): string {
  const times = tree.getDir('migrations').subfiles.map((name) => Number(/^\d{13}/.exec(name)?.[0] ?? 0));
  return String(Math.max(now - (now % 1000), ...times.map((time) => time + 1000)));
}

/** A migration: the statements of both directions, in the order in which they run. */
interface Change {
  readonly name: string;
  readonly about: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Whether it has statements that work concurrently, which cannot run in a transaction. */
  readonly concurrent?: boolean;
}

const run = (statements: readonly string[]) =>
  statements.map((one) => `    await runner.query(${quoted(one)});`).join('\n');

/** Writes the file of a migration. */
export function writeMigration(tree: Tree, { name, about, up, down, concurrent = false }: Change): void {
  const time = migrationTime(tree);
  tree.create(
    `migrations/${time}-${name}.ts`,
    `import type { MigrationInterface, QueryRunner } from 'typeorm';

/** ${about} */
export class ${pascal(name)}${time} implements MigrationInterface {
${concurrent ? '  readonly transaction = false;\n\n' : ''}  async up(runner: QueryRunner): Promise<void> {
${run(up)}
  }

  async down(runner: QueryRunner): Promise<void> {
${run(down)}
  }
}
`,
  );
}

/**
 * Adds a column that the former build can handle: it is nullable or has a default. A second migration does the work
 * that reads all rows, without blocking anything.
 */
export function addColumn(tree: Tree, names: Names, field: Field): void {
  const { table, file } = names;
  const { name } = field;
  const constraints = constraintsOf(names, field);
  const index = field.unique ? `${table}_${name}_key` : field.target ? `${table}_${name}_id_idx` : undefined;
  const isChecked = constraints.length > 0 || index !== undefined;
  writeMigration(tree, {
    name: `${file}-${name.replaceAll('_', '-')}`,
    about: `Adds the column ${name} to ${names.manyWords}.${isChecked ? ' The next migration checks the existing rows.' : ''}`,
    up: [
      `alter table ${table} add column ${plainColumn(field)}`,
      ...constraints.map(([constraint, rule]) => `alter table ${table} add constraint ${constraint} ${rule} not valid`),
    ],
    down: [`alter table ${table} drop column ${name}`],
  });
  if (!isChecked) return;
  const columns = field.unique ? name : `${name}, id`;
  const indexed =
    index === undefined
      ? []
      : [
          `drop index concurrently if exists ${index}`,
          `create ${field.unique ? 'unique ' : ''}index concurrently ${index} on ${table} (${columns})`,
          ...(field.unique ? [`alter table ${table} add constraint ${index} unique using index ${index}`] : []),
        ];
  const gone = field.unique ? `alter table ${table} drop constraint ${index}` : `drop index ${index}`;
  writeMigration(tree, {
    name: `${file}-${name.replaceAll('_', '-')}-checked`,
    about: `Checks ${name} in all existing ${names.manyWords}, without blocking reads and writes.`,
    up: [...constraints.map(([constraint]) => `alter table ${table} validate constraint ${constraint}`), ...indexed],
    down: index === undefined ? [`select 1 -- nothing to undo`] : [gone],
    concurrent: index !== undefined,
  });
}

/** Returns the constraints that are checked row by row, with their rules. */
function constraintsOf({ table }: Names, field: Field): [name: string, rule: string][] {
  const check = checkOf(field);
  return [
    ...(check === undefined ? [] : ([[`${table}_${field.name}_check`, `check (${check})`]] as [string, string][])),
    ...(field.target
      ? ([[`${table}_${field.name}_fkey`, `foreign key (${field.name}) ${references(field)}`]] as [string, string][])
      : []),
  ];
}

/** Returns whether the text of a migration meets a condition. */
export const hasMigration = (tree: Tree, meets: (text: string) => boolean) =>
  tree.getDir('migrations').subfiles.some((name) => meets(tree.readText(`migrations/${name}`)));

/** Returns the name of the trigger that keeps a renamed column equal, and of its function. */
export const triggerOf = (table: string, from: string) => `${table}_${from}_renamed`;

/**
 * Gives a column a default (as SQL), so that the next build can write rows without it. It stays not null: the previous
 * build, which may still run, cannot show rows without a value.
 */
export function forgetColumn(tree: Tree, { table, file, manyWords }: Names, column: string, fallback: string): void {
  writeMigration(tree, {
    name: `${file}-without-${column.replaceAll('_', '-')}`,
    about: `Gives ${column} of ${manyWords} a default, for rows without it. The next release drops the column.`,
    up: [`alter table ${table} alter column ${column} set default ${fallback}`],
    down: [`alter table ${table} alter column ${column} drop default`],
  });
}

/** Drops a column that no build uses any more, and the trigger that kept it equal to the renamed one. */
export function dropColumn(tree: Tree, { table, file, manyWords }: Names, column: string, type: string): void {
  const trigger = triggerOf(table, column);
  const isRenamed = hasMigration(tree, (text) => text.includes(`create function ${trigger}(`));
  writeMigration(tree, {
    name: `${file}-drop-${column.replaceAll('_', '-')}`,
    about: `Drops the column ${column} of ${manyWords}. The previous release no longer uses it.`,
    up: [
      ...(isRenamed ? [`drop function if exists ${trigger}() cascade`] : []),
      `alter table ${table} drop column ${column}`,
    ],
    down: [`alter table ${table} add column ${column} ${type}`],
  });
}
