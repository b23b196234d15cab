import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { badCredentials } from '../kernel/errors/access.errors.js';
import { lockAccount } from '../auth/account-transaction.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Clock } from '../kernel/common/clock.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Page } from '../kernel/database/page.js';
import type { SelectQuery } from '../kernel/database/select-query.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { existing } from '../kernel/errors/existing.js';
import { ownerOf, UserRole, type Caller } from '../kernel/access/access.js';
import type { PageQuery } from '../kernel/http/page-query.dto.js';
import { ExportFile } from './export-file.entity.js';
import type { ExportCreate } from './exports.dto.js';
import { exportNotFound, MAX_FILES_EACH, tooManyFiles } from './exports.errors.js';
import { WriteExport } from './write-export.js';

/** How long a file is kept, in milliseconds. */
const KEPT_MS = 7 * 86_400_000;

/**
 * The condition for exports that the caller can see: their own, but exports of all orders only while they are an admin.
 */
const OWN = 'user_id = :owner and expires_at > :now and (not all_orders or :admin)';

const COUNT = 'select count(*)::int from exports where user_id = $1 and expires_at > $2';

/** Exports that a job writes to a file. The file is downloaded when it is ready, as a whole or in ranges. */
@Injectable()
export class ExportFilesService {
  constructor(
    @InjectRepository(ExportFile) private readonly files: BaseRepository<ExportFile>,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an export of the caller's orders, or of all orders for an admin, and enqueues the job that writes it.
   * Throws tooManyFiles, and badCredentials if the account was deleted.
   */
  make(caller: Caller, { format, gzip, bom }: ExportCreate): Promise<ExportFile> {
    const user_id = caller.id;
    const expires_at = new Date(this.clock.now() + KEPT_MS);
    return transaction(this.files.manager, async (tx) => {
      if (!(await lockAccount(tx, user_id))) throw badCredentials(); // deleted after authentication
      const { rows } = await execute(tx, COUNT, [user_id, new Date(this.clock.now())]);
      if (Number(rows[0]![0]) >= MAX_FILES_EACH) throw tooManyFiles();
      const all_orders = ownerOf(caller) === null;
      const made = await this.files.insertOne({ user_id, all_orders, format, gzip, bom, expires_at });
      const details = { all_orders, format };
      await audit(tx, { actor_id: user_id, action: 'export.made', subject: `exports/${made.id}`, details });
      await this.jobs.enqueue(tx, WriteExport, { export_id: made.id }, user_id);
      return made;
    });
  }

  list(caller: Caller, page: PageQuery): Promise<Page<ExportFile>> {
    return this.files.where(OWN).page(page, this.visibleTo(caller));
  }

  /** Throws exportNotFound, also for another user's export. */
  async get(caller: Caller, id: number): Promise<ExportFile> {
    return existing(await this.own().one({ id, ...this.visibleTo(caller) }), exportNotFound, id);
  }

  /** Deletes the export and its file. If a job is writing the file, it stops. Throws exportNotFound. */
  remove(caller: Caller, id: number): Promise<void> {
    return transaction(this.files.manager, async (tx) => {
      const found = await this.own()
        .locked()
        .one({ id, ...this.visibleTo(caller) });
      await this.files.deleteOne(existing(found, exportNotFound, id));
      await audit(tx, { actor_id: caller.id, action: 'export.deleted', subject: `exports/${id}` });
    });
  }

  private own(): SelectQuery<ExportFile> {
    return this.files.where(OWN).where('id = :id');
  }

  private visibleTo({ id, role }: Caller) {
    return { owner: id, admin: role === UserRole.admin, now: new Date(this.clock.now()) };
  }
}
