import { createHash, type Hash } from 'node:crypto';
import type { FieldError } from '../kernel/errors/validation-failed.js';
import type { ImportRefusal, ImportReport } from './imports.dto.js';

const TOLD = 100;

/** The state of an import: its report so far, and the digest that identifies its rows when it is resumed. */
export class ImportState {
  rows = 0;
  created = 0;
  refused = 0;
  refusals: ImportRefusal[] = [];
  private readonly hash: Hash = createHash('sha256');

  /** Counts a row that was read, valid or not. */
  pass(bytes: Buffer): void {
    this.rows++;
    this.hash.update(bytes).update('\n');
  }

  /** The SHA-256 of the rows so far, in hexadecimal. */
  get digest(): string {
    return this.hash.copy().digest('hex');
  }

  refuse(line: number, detail: readonly FieldError[]): void {
    this.refused++;
    if (this.refusals.length < TOLD) this.refusals.push({ line, detail: [...detail] });
  }

  /** Sorts the refusals by line. Those found at the end of a batch were added after those of invalid rows. */
  sort(): void {
    this.refusals.sort((a, b) => a.line - b.line);
  }

  report(dry_run: boolean): ImportReport {
    const { rows, created, refused, refusals } = this;
    return { dry_run, rows, created, refused, refusals };
  }
}
