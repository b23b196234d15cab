import { createHash } from 'node:crypto';
import { chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

/** The server does not listen on TCP. The number is only part of the name of its socket file. */
export const PORT = 5432;
export const DEFAULT_DATABASE = 'aerie';
export const SUPERUSER = 'postgres';

/** The paths of an embedded server's files. */
export interface ServerPaths {
  root: string;
  /** PostgreSQL's data directory. */
  data: string;
  /** The prefix of data directories that initdb is still filling. A complete one is renamed to `data`. */
  unfinishedData: string;
  passwordFile: string;
  logFile: string;
  /** The folder of links to libraries, used if the installed package is not writable. */
  libraries: string;
  /** The directory of both sockets. Only the server's account may enter it. */
  socketDirectory: string;
  /** The supervisor's socket: each open connection is a lease. */
  leaseSocket: string;
}

// The kernel allows 108 bytes on Linux and 104 on macOS.
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Returns the paths below a data folder. `dataDir` must not contain symbolic links, so that all processes find the same
 * server.
 */
export function serverPaths(dataDir: string): ServerPaths {
  const root = join(dataDir, 'postgres');
  const socketDirectory = socketDirectoryOf(root);
  return {
    root,
    data: join(root, 'data'),
    unfinishedData: join(root, 'data.unfinished'),
    passwordFile: join(root, 'password'),
    logFile: join(root, 'postgres.log'),
    libraries: join(root, 'lib'),
    socketDirectory,
    leaseSocket: join(socketDirectory, 'lease.sock'),
  };
}

/**
 * Makes the folders inaccessible to all other accounts. Throws if another account created the socket directory, which
 * is possible in /tmp.
 */
export function makePrivate(paths: ServerPaths): void {
  chmodSync(paths.root, 0o700);
  makeFolder(paths.socketDirectory, 0o700);
  assertPrivate(paths.socketDirectory, process.getuid?.());
}

/** Throws unless the folder belongs to the account and is inaccessible to all others. */
export function assertPrivate(folder: string, uid: number | undefined): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new Error(
      `${folder} should be a folder of account ${uid} with mode 0700, but it belongs to account ${found.uid} with mode 0${(found.mode & 0o777).toString(8)}. Remove it, or set DATA_DIR to another folder.`,
    );
  }
}

// Not os.tmpdir(), which depends on TMPDIR: processes with different values would not find each other.
function socketDirectoryOf(root: string): string {
  const inRoot = join(root, 'run');
  if (Buffer.byteLength(join(inRoot, `.s.PGSQL.${PORT}`)) <= MAX_SOCKET_PATH_BYTES) return inRoot;
  return `/tmp/aerie-postgres-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
}
