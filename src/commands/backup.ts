import { access, constants, stat } from 'node:fs/promises';
import { writeBackup } from '../backup/backup-file.js';
import { takeBackup } from '../backup/take-backup.js';
import { restoreBackup } from '../backup/restore-backup.js';
import type { Config } from '../config/config.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { onDatabase } from './on-database.js';

const NOT_EMBEDDED =
  'This command needs the embedded database, but DATABASE_URL is set: see docs/backups.md for backups of your own PostgreSQL';

/** Copies the embedded database into a file. */
export function backup(file: string): Promise<void> {
  return onDatabase(
    async ({ databaseUrl }) => {
      const heads = await writeBackup(file, takeBackup(databaseUrl));
      const { size } = await stat(file);
      return `Written: ${file}, ${size} bytes; the audit trail ends with ${heads.join() || 'nothing yet'}`;
    },
    { check: requireOwn },
  );
}

/** Loads a backup into the embedded database. */
export async function restore(file: string, { replace = false }: { replace?: boolean }): Promise<void> {
  await requireReadable(file);
  await onDatabase(
    async (config) => {
      const { tables, rows, origin, verdict } = await restoreBackup(config, file, { replace });
      const trail = `the audit trail is intact: ${verdict.links} event(s), head ${verdict.heads.join() || 'none'}`;
      return `Restored ${rows} rows in ${tables} tables, as they were at ${origin.taken_at}; ${trail}`;
    },
    { mayCreate: true, check: requireOwn },
  );
}

/** Throws an OperatorError if the file cannot be read, before a database is created for it. */
async function requireReadable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(`${file} cannot be read: ${error.code}`, { cause: error });
  });
}

function requireOwn({ values }: Config): void {
  if (values.DATABASE_URL !== undefined) throw new OperatorError(NOT_EMBEDDED);
}
