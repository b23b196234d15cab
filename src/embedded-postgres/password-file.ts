import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerPaths } from './server-paths.js';

/**
 * Returns the password of PostgreSQL's superuser. Creates one for a new data directory. Throws if there is a data
 * directory but no password. Several processes may call this at the same time.
 */
export function ensurePassword(paths: ServerPaths): string {
  if (!existsSync(paths.passwordFile)) {
    if (existsSync(join(paths.data, 'PG_VERSION'))) {
      throw new Error(
        `The password file of the database in ${paths.data} is missing: restore ${paths.passwordFile}, or move ${paths.root} away to start with an empty database.`,
      );
    }
    const draft = `${paths.passwordFile}.${process.pid}`;
    writeDurably(draft, `${randomBytes(24).toString('base64url')}\n`);
    try {
      linkSync(draft, paths.passwordFile); // unlike rename, never replaces a password that another process has created
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    rmSync(draft);
  }
  return readFileSync(paths.passwordFile, 'utf8').trim();
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
}
