import { stat } from 'node:fs/promises';
import { writeBackup, type Origin } from '../backup/backup-file.js';
import { takeBackup } from '../backup/take-backup.js';
import { readOrigin, restoreBackup } from '../backup/restore-backup.js';
import type { Config } from '../config/config.js';
import { OperatorError } from '../config/operator-error.js';
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
  let origin: Origin;
  await onDatabase(
    async (config) => {
      const { tables, rows, verdict } = await restoreBackup(config, file, origin, { replace });
      const trail = `the audit trail is intact: ${verdict.links} event(s), head ${verdict.heads.join() || 'none'}`;
      return `Restored ${rows} rows in ${tables} tables, as they were at ${origin.taken_at}; ${trail}`;
    },
    {
      mayCreate: true,
      check: async (settings) => {
        requireOwn(settings);
        origin = await readOrigin(file); // before a database is created for it
      },
    },
  );
}

function requireOwn({ values }: Config): void {
  if (values.DATABASE_URL !== undefined) throw new OperatorError(NOT_EMBEDDED);
}
