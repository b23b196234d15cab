import type { DataSource, EntityMetadata } from 'typeorm';
import { compiledFiles, exportsOf } from '../kernel/common/compiled-files.js';
import { OperatorError } from '../config/operator-error.js';
import { schemaDiff } from './schema-diff.js';
import { undeclaredSearches } from './undeclared-searches.js';
import { undeclaredSearchMessage } from '../kernel/database/searched.decorator.js';
import { lacksVersionTrigger, tableStates, unindexedSearches, type TableState } from './table-state.js';

// Checks at start that the database matches the entities.

const GENERATE = 'run "npm run migration:generate -- NAME"';

/** Something that the entities need and the database lacks. */
export interface SchemaFault {
  readonly entity: EntityMetadata;
  /** A sentence for the operator, with the remedy. */
  readonly problem: string;
  /** Whether requests would fail or overwrite each other's changes. Other faults only make requests slow. */
  readonly isFatal: boolean;
}

/**
 * Checks at start that the database has the tables, columns, version triggers and search indexes that the entities
 * need. Throws an OperatorError that names the entity files. In production, faults that are not fatal are printed as
 * warnings.
 */
export async function checkSchema(source: DataSource, { production }: { production: boolean }): Promise<void> {
  const faults = [...(await tableStates(source)).flatMap(faultsOf), ...foreignKeyFaults(source)];
  if (faults.length === 0) return;
  const messages = await describeFaults(faults);
  if (production && !faults.some(({ isFatal }) => isFatal)) {
    process.stderr.write(messages.map((sentence) => `WARNING: ${sentence}\n`).join(''));
    return;
  }
  throw new OperatorError(messages.join('\n'));
}

/**
 * Prints a warning for every other difference between entities and database, such as a changed type or a missing index,
 * with the statement that would remove it. For development only: during a rolling release in production differences are
 * expected.
 */
export async function warnOfSchemaDiff(source: DataSource): Promise<void> {
  const { up } = await schemaDiff(source);
  const files = await entityFiles();
  const messages = new Map<string, string>(); // by file: the first statement is enough to find the others
  for (const statement of up) {
    const [, table] = /(?:TABLE|ON) (?:"\w+"\.)?"(\w+)"/.exec(statement) ?? [];
    const entity = source.entityMetadatas.find(({ tableName }) => tableName === table);
    const place = files.get(entity?.target) ?? entity?.name ?? 'the entities';
    if (!messages.has(place)) messages.set(place, statement.trim());
  }
  for (const [place, statement] of messages)
    process.stderr.write(`WARNING: ${place}: the database does not match the entities (${statement}): ${GENERATE}\n`);
}

/** Throws an OperatorError if a service searches a column that is not `@Searched`: each such request would fail. */
export async function checkSearches({ entityMetadatas }: DataSource): Promise<void> {
  const faults = undeclaredSearches(entityMetadatas).map(({ entity, property }) => ({
    entity,
    problem: undeclaredSearchMessage(entity, property),
    isFatal: true,
  }));
  if (faults.length > 0) throw new OperatorError((await describeFaults(faults)).join('\n'));
}

function faultsOf(state: TableState): SchemaFault[] {
  const { metadata: entity, exists, columns } = state;
  const { tableName } = entity;
  const fatal = (problem: string) => ({ entity, problem, isFatal: true });
  if (!exists) return [fatal(`there is no table ${tableName}: ${GENERATE}`)];
  const missing = entity.columns.filter(({ databaseName }) => !columns.includes(databaseName));
  return [
    ...missing.map(({ databaseName }) => fatal(`the table ${tableName} has no column ${databaseName}: ${GENERATE}`)),
    ...(lacksVersionTrigger(state) ? [fatal(`${tableName} has no version trigger: ${GENERATE} to generate it`)] : []),
    ...unindexedSearches(state)
      .filter(([column]) => columns.includes(column))
      .map(([column]) => ({
        entity,
        problem: `${tableName}.${column} is searched but has no trigram index: ${GENERATE} to generate it`,
        isFatal: false,
      })),
  ];
}

/**
 * Returns the foreign keys without an index that starts with their column: each deletion of a referenced row would scan
 * the whole table. Reads the metadata of the entities, not the database.
 */
export function foreignKeyFaults({ entityMetadatas }: Pick<DataSource, 'entityMetadatas'>): SchemaFault[] {
  return entityMetadatas.flatMap((entity) =>
    entity.foreignKeys
      .map(({ columnNames, referencedTablePath }) => ({ column: columnNames[0]!, to: referencedTablePath }))
      .filter(({ column }) => !leadingColumns(entity).includes(column))
      .map(({ column, to }) => {
        const { tableName } = entity;
        const remedy = `declare @Index('${tableName}_${column}_idx') on it, then ${GENERATE}`;
        const problem = `no index starts with ${tableName}.${column}, so each deletion in ${to} scans ${tableName}: ${remedy}`;
        return { entity, problem, isFatal: false };
      }),
  );
}

function leadingColumns({ indices, uniques, primaryColumns }: EntityMetadata): (string | undefined)[] {
  const whole = indices.filter(({ where }) => where === undefined);
  const keys = [...whole, ...uniques].map(({ columns }) => columns[0]?.databaseName);
  return [primaryColumns[0]?.databaseName, ...keys];
}

/** Returns a message for each fault, with the source file of its entity. */
export async function describeFaults(faults: readonly SchemaFault[]): Promise<string[]> {
  const files = await entityFiles();
  return faults.map(({ entity, problem }) => `${files.get(entity.target) ?? entity.name}: ${problem}`);
}

async function entityFiles(): Promise<Map<unknown, string>> {
  const files = new Map<unknown, string>();
  for (const file of compiledFiles('.entity.js')) {
    for (const one of Object.values(await exportsOf(file))) files.set(one, file.source);
  }
  return files;
}
