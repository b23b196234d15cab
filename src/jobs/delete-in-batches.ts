import { execute } from '../kernel/database/statement.js';
import type { JobAttempt } from './job-attempt.js';

// Deletes old rows, for clean-up jobs.

/** Rows per transaction: few enough to hold locks only briefly. */
const BATCH = 1000;

/**
 * Deletes rows in batches of one transaction each. `statement` must delete at most `$1` rows and return one row for
 * each; it is repeated until fewer are deleted. `values` are `$2` and following.
 */
export async function deleteInBatches(
  job: JobAttempt,
  statement: string,
  values: readonly unknown[] = [],
): Promise<void> {
  let deleted: number;
  do {
    const { rows } = await job.step((tx) => execute(tx, statement, [BATCH, ...values]));
    deleted = rows.length;
  } while (deleted === BATCH);
}
