import type { DataSource, EntityMetadata } from 'typeorm';
import { compiledFiles, exportsOf } from '../common/compiled-files.js';
import { OperatorError } from '../errors/operator-error.js';
import { drift } from './drift.js';
import { undeclaredSearches } from './search-calls.js';
import { unsearched } from './searched.js';
import { lacksTrigger, tableStates, unservedSearches, type TableState } from './table-state.js';

const GENERATE = 'run "npm run migration:generate -- NAME"';

/** Something that entities and database do not agree on. */
export interface SchemaFault {
  readonly entity: EntityMetadata;
  /** A sentence, with the remedy. */
  readonly what: string;
  /** Whether requests would fail, or overwrite each other: the others are only slow. */
  readonly fatal: boolean;
}

/**
 * Sees that the database has what the entities count on, so that a mistake is told once, at the start, and not by requests.
 * Throws an OperatorError that names the files. In production, what is only slow is a warning.
 */
export async function checkSchema(source: DataSource, { production }: { production: boolean }): Promise<void> {
  const faults = [...(await tableStates(source)).flatMap(faultsOf), ...foreignKeyFaults(source)];
  if (faults.length === 0) return;
  const messages = await sentences(faults);
  if (production && !faults.some(({ fatal }) => fatal)) {
    process.stderr.write(messages.map((sentence) => `WARNING: ${sentence}\n`).join(''));
    return;
  }
  throw new OperatorError(messages.join('\n'));
}

/**
 * Warns of every other difference, such as a changed type or a new index, by what TypeORM would do about it. Only for
 * development: it reads the whole catalog, and while releases follow each other in production, they differ.
 */
export async function warnOfDrift(source: DataSource): Promise<void> {
  const { up } = await drift(source);
  const files = await entityFiles();
  const messages = new Map<string, string>(); // by place: the first statement is enough to find the others
  for (const statement of up) {
    const [, table] = /(?:TABLE|ON) (?:"\w+"\.)?"(\w+)"/.exec(statement) ?? [];
    const entity = source.entityMetadatas.find(({ tableName }) => tableName === table);
    const place = files.get(entity?.target) ?? entity?.name ?? 'the entities';
    if (!messages.has(place)) messages.set(place, statement.trim());
  }
  for (const [place, statement] of messages)
    process.stderr.write(`WARNING: ${place}: the database is not what is declared (${statement}): ${GENERATE}\n`);
}

/** Throws an OperatorError where a service searches what its entity does not declare: each such list would fail. */
export async function checkSearches({ entityMetadatas }: DataSource): Promise<void> {
  const faults = undeclaredSearches(entityMetadatas).map(({ entity, property }) => ({
    entity,
    what: unsearched(entity, property),
    fatal: true,
  }));
  if (faults.length > 0) throw new OperatorError((await sentences(faults)).join('\n'));
}

function faultsOf(state: TableState): SchemaFault[] {
  const { metadata: entity, exists, columns } = state;
  const { tableName } = entity;
  const fatal = (what: string) => ({ entity, what, fatal: true });
  if (!exists) return [fatal(`there is no table ${tableName}: ${GENERATE}`)];
  const missing = entity.columns.filter(({ databaseName }) => !columns.includes(databaseName));
  return [
    ...missing.map(({ databaseName }) => fatal(`the table ${tableName} has no column ${databaseName}: ${GENERATE}`)),
    ...(lacksTrigger(state)
      ? [fatal(`${tableName} has no trigger that counts versions: ${GENERATE}, which writes it`)]
      : []),
    ...unservedSearches(state)
      .filter(([column]) => columns.includes(column))
      .map(([column]) => ({
        entity,
        what: `the search of ${tableName}.${column} has no index on its trigrams: ${GENERATE}, which writes it`,
        fatal: false,
      })),
  ];
}

/**
 * Foreign keys without an index that begins with their column: each deletion of what they refer to reads the whole table.
 * Told by the entities alone, which the database agrees with.
 */
export function foreignKeyFaults({ entityMetadatas }: Pick<DataSource, 'entityMetadatas'>): SchemaFault[] {
  return entityMetadatas.flatMap((entity) =>
    entity.foreignKeys
      .map(({ columnNames, referencedTablePath }) => ({ column: columnNames[0]!, to: referencedTablePath }))
      .filter(({ column }) => !leadingColumns(entity).includes(column))
      .map(({ column, to }) => {
        const { tableName } = entity;
        const remedy = `declare @Index('${tableName}_${column}_idx') on it, then ${GENERATE}`;
        const what = `no index begins with ${tableName}.${column}, so that each deletion in ${to} reads all ${tableName}: ${remedy}`;
        return { entity, what, fatal: false };
      }),
  );
}

function leadingColumns({ indices, uniques, primaryColumns }: EntityMetadata): (string | undefined)[] {
  const whole = indices.filter(({ where }) => where === undefined);
  const keys = [...whole, ...uniques].map(({ columns }) => columns[0]?.databaseName);
  return [primaryColumns[0]?.databaseName, ...keys];
}

/** Each with the file of its entity. */
export async function sentences(faults: readonly SchemaFault[]): Promise<string[]> {
  const files = await entityFiles();
  return faults.map(({ entity, what }) => `${files.get(entity.target) ?? entity.name}: ${what}`);
}

async function entityFiles(): Promise<Map<unknown, string>> {
  const files = new Map<unknown, string>();
  for (const file of compiledFiles('.entity.js')) {
    for (const one of Object.values(await exportsOf(file))) files.set(one, file.source);
  }
  return files;
}
