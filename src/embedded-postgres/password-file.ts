import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerPaths } from './server-paths.js';

/**
 * Reads the password of PostgreSQL's superuser, or makes one for a new data directory. Throws when there is a data directory
 * and no password. Several processes may do this at once.
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
      linkSync(draft, paths.passwordFile); // unlike rename, this never replaces a password that another process has made
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
