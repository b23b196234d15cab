import type { EntityManager } from 'typeorm';
import { versionsOf, type Preconditions } from '../context/preconditions.js';
import { execute } from './statement.js';
import type { VersionedEntity } from './versioned.js';

/** What a request demands of the row that it is about to write. */
export interface RowPrecondition {
  readonly entity: VersionedEntity;
  /** The row's id where the path names it; else it is the first row of the table that is changed. */
  readonly id: string | undefined;
  readonly preconditions: Preconditions | undefined;
  /** Whether it is refused without If-Match. */
  readonly required: boolean;
}

const TELL = `select set_config('aerie.precondition', $1, true)`;
const SETTLE = 'select settle_precondition($1)';

/**
 * Tells the transaction what its row must be like: the trigger that counts versions judges it at the row's first change,
 * whoever writes it. The statement that changes it throws then what databaseError() makes a 412 or a 428 of.
 */
export async function tellPrecondition(tx: EntityManager, given: RowPrecondition): Promise<void> {
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
  await execute(tx, TELL, [JSON.stringify(expected)]);
}

/**
 * Judges it by the row as it is where nothing has changed it: the one of the id, or the one whose version is shown.
 */
export async function settlePrecondition(tx: EntityManager, shown: number | undefined): Promise<void> {
  await execute(tx, SETTLE, [shown ?? null]);
}
