import { createHash, type Hash } from 'node:crypto';
import type { FieldError } from '../kernel/errors/validation-failed.js';
import type { ImportRefusal, ImportReport } from './imports.dto.js';

const TOLD = 100;

/** Where an import stands: what it answers, and how its rows are known again. */
export class ImportState {
  rows = 0;
  created = 0;
  refused = 0;
  refusals: ImportRefusal[] = [];
  private readonly hash: Hash = createHash('sha256');

  /** A row that was read, whatever becomes of it. */
  pass(bytes: Buffer): void {
    this.rows++;
    this.hash.update(bytes).update('\n');
  }

  /** SHA-256 of the rows so far. */
  get digest(): string {
    return this.hash.copy().digest('hex');
  }

  refuse(line: number, detail: readonly FieldError[]): void {
    this.refused++;
    if (this.refusals.length < TOLD) this.refusals.push({ line, detail: [...detail] });
  }

  /** In the order of the file: what is found at the end of a batch comes after what is wrong in itself. */
  sort(): void {
    this.refusals.sort((a, b) => a.line - b.line);
  }

  report(dry_run: boolean): ImportReport {
    const { rows, created, refused, refusals } = this;
    return { dry_run, rows, created, refused, refusals };
  }
}
