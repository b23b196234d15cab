import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { FairBulkhead } from '../rate-limit/fair-bulkhead.js';
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

/**
 * The maximum number of concurrent imports in a process. Each holds a slot of admission control, and a thread while it
 * hashes passwords.
 */
const MAX_IMPORTS = 3;
const refusal = () => new AppError('Too many imports at once, try again', 503, { 'Retry-After': '10' });
const FORGET = `
  delete from user_imports where (user_id, id) in (
    select user_id, id from user_imports where created_at < now() - interval '30 days' limit $1
  ) returning 1`;

const REQUIRED = ['email', 'name'];

/** Creates accounts from a file while it is being uploaded. */
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
   * Creates accounts for the valid rows in batches. Each batch is committed together with the progress. With the id of
   * an interrupted import it continues after the last batch; with the id of a finished import it returns the same
   * report. Throws anotherFile, importRuns, ValidationFailed for an invalid header or a file of another type, 415 for
   * an unknown charset, and 503 while too many imports run, in total or of the caller.
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
