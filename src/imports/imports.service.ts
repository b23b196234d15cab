import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { FairBulkhead } from '../kernel/concurrency/fair-bulkhead.js';
import { AppError } from '../kernel/errors/app-error.js';
import type { Caller } from '../kernel/access/access.js';
import type { Upload } from '../kernel/http/upload.js';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Passwords } from '../users/passwords.js';
import { AccountBatch } from './account-batch.js';
import { ImportProgress } from './import-progress.js';
import { ImportState } from './import-state.js';
import { UserImportRow, type ImportQuery, type ImportReport } from './imports.dto.js';
import { anotherFile } from './imports.errors.js';
import { csvRows, jsonRows } from './rows.js';
import { TextFile } from './text-file.js';

/** At once in a process: each keeps a place, and passwords keep a thread. */
const MAX_IMPORTS = 3;
const refusal = () => new AppError('Too many imports at once, try again', 503, { 'Retry-After': '10' });
const FORGET = `
  delete from user_imports where (user_id, id) in (
    select user_id, id from user_imports where created_at < now() - interval '30 days' limit $1
  ) returning 1`;

const REQUIRED = ['email', 'name'];

/** Accounts from a file, as it comes in. */
@Injectable()
export class ImportsService implements OnModuleInit {
  private readonly places = new FairBulkhead(MAX_IMPORTS, refusal);

  constructor(
    private readonly db: EntityManager,
    private readonly jobs: Jobs,
    private readonly passwords: Passwords,
  ) {}

  onModuleInit(): void {
    this.jobs.every('47 3 * * *', 'user-imports-clean-up', (job) => deleteInBatches(job, FORGET));
  }

  /**
   * Makes the accounts of the good rows, batch by batch, each in a transaction with the progress. Under the id of an import
   * that broke off it goes on behind the last batch; of one that is over, it gives the same report. Throws anotherFile,
   * importRuns, ValidationFailed for a header that does not do or a file that is something else, 415 for a charset that is
   * not known, 503 while too many run, or too many of the caller's.
   */
  run(caller: Caller, query: ImportQuery, upload: Upload, charset?: string): Promise<ImportReport> {
    const read = async () => this.read(caller, query, upload.media, new TextFile(upload.bytes, charset));
    return this.places.run(caller.id, read);
  }

  private async read(
    caller: Caller,
    { dry_run, welcome, import_id }: ImportQuery,
    media: string | undefined,
    file: TextFile,
  ) {
    const state = new ImportState();
    const id = import_id ?? randomUUID();
    const progress = dry_run ? undefined : await ImportProgress.begin(this.db, caller.id, id);
    const batch = new AccountBatch(state, this.passwords, { db: this.db, jobs: this.jobs, progress, welcome });
    const rows = media === 'text/csv' ? csvRows(file, UserImportRow, REQUIRED) : jsonRows(file, UserImportRow);
    for await (const { line, bytes: raw, value, errors } of rows) {
      state.pass(raw);
      if (progress?.isDone(state)) continue;
      if (value) batch.add(line, value);
      else state.refuse(line, errors);
      if (batch.full) await batch.flush();
    }
    if (progress && state.rows < progress.done) throw anotherFile();
    await batch.flush();
    return state.report(dry_run);
  }
}
