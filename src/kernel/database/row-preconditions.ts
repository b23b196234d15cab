import type { EntityManager } from 'typeorm';
import { versionsOf, type Preconditions } from '../context/preconditions.js';
import { execute } from './statement.js';
import type { VersionedEntity } from './versioned.js';

// Preconditions of writes, checked in the database by the version trigger.

/** The preconditions of a request (`If-Match`, `If-None-Match`) for the row that it writes. */
export interface RowPrecondition {
  readonly entity: VersionedEntity;
  /**
   * The row's id if the path contains it. Otherwise the precondition applies to the first row of the table that is
   * changed.
   */
  readonly id: string | undefined;
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
  const { tableName: table, primaryColumns } = tx.dataSource.getMetadata(entity);
  const { ifMatch, ifNoneMatch } = preconditions ?? {};
  const expected = {
    table,
    key: primaryColumns[0]!.databaseName,
    id,
    required,
    match: ifMatch === undefined ? undefined : versionsOf(ifMatch),
    none: ifNoneMatch === undefined ? undefined : versionsOf(ifNoneMatch),
  };
  await execute(tx, SET, [JSON.stringify(expected)]);
}

/**
 * Checks the precondition if no statement has changed the row: against the row with the id, or the `shown` version,
 * which is the version in the response.
 */
export async function checkPrecondition(tx: EntityManager, shown: number | undefined): Promise<void> {
  await execute(tx, CHECK, [shown ?? null]);
}
