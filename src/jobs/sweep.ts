import { execute } from '../kernel/database/statement.js';
import type { Job } from './job.js';

/** Rows per transaction: few enough that nobody waits for their locks. */
const BATCH = 1000;

/**
 * Deletes old rows in batches: runs the statement, which deletes at most `$1` rows and returns a row for each, until nothing is
 * left. `values` are `$2` and so on.
 */
export async function sweep(job: Job, statement: string, values: readonly unknown[] = []): Promise<void> {
  let swept: number;
  do {
    const { rows } = await job.step((tx) => execute(tx, statement, [BATCH, ...values]));
    swept = rows.length;
  } while (swept === BATCH);
}
