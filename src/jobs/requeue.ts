import type { PgBoss, UpdateOptions } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import { transactionDb } from './transaction-db.js';

const WAIT_FOR_ANOTHER_ATTEMPT = `
  update pgboss.job set state = 'retry', completed_on = null, heartbeat_on = null, output = coalesce($3::jsonb, output)
  where name = $1 and id = $2`;

/**
 * Puts a job, whose row the transaction has locked, back into the queue under the same id. It is due after `startAfter`
 * seconds; a job that is due at once is announced to workers. pg-boss has no call for this: `fail` counts the attempt
 * and makes a dead letter of the last one, `retry` accepts only failed jobs, and `resume` only cancelled ones, whose
 * attempts it forgets.
 */
export async function requeue(
  boss: PgBoss,
  tx: EntityManager,
  { name, id }: { readonly name: string; readonly id: string },
  changes: Pick<UpdateOptions, 'startAfter' | 'retryLimit' | 'retentionSeconds'>,
  output?: object,
): Promise<void> {
  await execute(tx, WAIT_FOR_ANOTHER_ATTEMPT, [name, id, output && JSON.stringify(output)]);
  await boss.update(name, undefined, { ...changes, id, db: transactionDb(tx) });
}
