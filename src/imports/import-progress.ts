import type { EntityManager } from 'typeorm';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { execute } from '../kernel/database/statement.js';
import { UserImport } from './user-import.entity.js';
import type { ImportState } from './import-state.js';
import { anotherFile, importRuns } from './imports.errors.js';

const BEGIN = 'insert into user_imports (user_id, id) values ($1, $2) on conflict do nothing';
/**
 * Updates the row only if its progress is still the one that this import knows. Of two imports with the same id, one
 * continues.
 */
const ADVANCE = `
  update user_imports set rows = $4, digest = $5, created = $6, refused = $7, refusals = $8
  where user_id = $1 and id = $2 and rows = $3 returning 1`;

/** The committed progress of an import. */
export class ImportProgress {
  private constructor(
    private readonly row: UserImport,
    /** The number of rows that earlier requests have committed. */
    readonly done: number,
  ) {}

  static async begin(db: EntityManager, user_id: number, id: string): Promise<ImportProgress> {
    await execute(db, BEGIN, [user_id, id]);
    const row = await repositoryOf(db, UserImport).where('user_id = :user_id and id = :id').one({ user_id, id });
    if (!row) throw importRuns(); // deleted by the clean-up job in the meantime
    return new ImportProgress(row, row.rows);
  }

  /**
   * Returns whether an earlier request has committed the row that was just read. At the last such row, restores the
   * state of that request. Throws anotherFile if the rows differ.
   */
  isDone(state: ImportState): boolean {
    if (state.rows !== this.done) return state.rows < this.done;
    if (state.digest !== this.row.digest) throw anotherFile();
    const { created, refused, refusals } = this.row;
    Object.assign(state, { created, refused, refusals });
    return true;
  }

  /** The number of rows committed so far. */
  get rows(): number {
    return this.row.rows;
  }

  /**
   * Saves the progress in the transaction of the batch. Throws importRuns if another request has continued the import.
   */
  async advance(tx: EntityManager, state: ImportState): Promise<void> {
    const { user_id, id, rows } = this.row;
    const { digest, created, refused, refusals } = state;
    const values = [user_id, id, rows, state.rows, digest, created, refused, JSON.stringify(refusals)];
    const { rows: advanced } = await execute(tx, ADVANCE, values);
    if (advanced.length === 0) throw importRuns();
  }

  /** Updates the progress in memory. Called after the commit. */
  committed(state: ImportState): void {
    this.row.rows = state.rows;
  }

  get auditedBy(): { actor_id: number; id: string } {
    return { actor_id: this.row.user_id, id: this.row.id };
  }
}
