import type { EntityManager, EntityMetadata } from 'typeorm';
import { versionsOf, type Preconditions } from '../context/preconditions.js';
import { execute } from './statement.js';
import type { VersionedEntity } from './versioned.js';

// Preconditions of writes, checked in the database by the version trigger.

/** The preconditions of a request (`If-Match`, `If-None-Match`) for the row that it writes. */
export interface RowPrecondition {
  readonly entity: VersionedEntity;
  /**
   * The last path parameter, if it is an id. If it identifies no row, the precondition applies to the first row of the
   * table that is changed.
   */
  readonly id: { readonly name: string; readonly value: string } | undefined;
  readonly preconditions: Preconditions | undefined;
  /** Whether the request is refused without If-Match. */
  readonly required: boolean;
}

const SET = `select set_config('aerie.precondition', $1, true)`;
const CHECK = 'select settle_precondition($1)';

/**
 * Stores the precondition in a setting of the transaction. The version trigger checks it at the first change of the
 * row, whichever code makes it. If it fails, that statement fails, and databaseError() converts the error to a 412 or
 * 428.
 */
export async function setPrecondition(tx: EntityManager, given: RowPrecondition): Promise<void> {
  const { entity, id, preconditions, required } = given;
  const metadata = tx.dataSource.getMetadata(entity);
  const { ifMatch, ifNoneMatch } = preconditions ?? {};
  const key = id && keyOf(metadata, id.name);
  const expected = {
    table: metadata.tableName,
    key,
    id: key && id?.value,
    required,
    match: ifMatch === undefined ? undefined : versionsOf(ifMatch),
    none: ifNoneMatch === undefined ? undefined : versionsOf(ifNoneMatch),
  };
  await execute(tx, SET, [JSON.stringify(expected)]);
}

/**
 * Returns the column that a path parameter names: a unique one with its name, as for the profile of a user, or else the
 * primary key. Undefined if the primary key has several columns.
 */
function keyOf({ columns, uniques, indices, primaryColumns }: EntityMetadata, parameter: string): string | undefined {
  const alone = [...uniques, ...indices.filter(({ isUnique, where }) => isUnique && where === undefined)];
  const named = columns.find(({ databaseName }) => withoutCase(databaseName) === withoutCase(parameter));
  if (named && alone.some((one) => one.columns.length === 1 && one.columns[0] === named)) return named.databaseName;
  return primaryColumns.length === 1 ? primaryColumns[0]!.databaseName : undefined;
}

/** `userId` and `user_id` are the same name. */
const withoutCase = (name: string) => name.replaceAll('_', '').toLowerCase();

/**
 * Checks the precondition if no statement has changed the row: against the row with the id, or the `shown` version,
 * which is the version in the response.
 */
export async function checkPrecondition(tx: EntityManager, shown: number | undefined): Promise<void> {
  await execute(tx, CHECK, [shown ?? null]);
}
