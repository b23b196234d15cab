import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** TCP is off: the number only names the socket file. */
export const PORT = 5432;
export const DEFAULT_DATABASE = 'aerie';
export const SUPERUSER = 'postgres';

/** Where everything of one embedded server lives. */
export interface Layout {
  root: string;
  data: string;
  /** How the names of clusters in the making begin; one becomes `data` when it is complete. */
  unfinished: string;
  password: string;
  log: string;
  /** Links to libraries, for an installation that cannot be written to. */
  libraries: string;
  /** The folder of the sockets; only the server's account may enter it. */
  sockets: string;
  /** The supervisor's socket: each open connection is a lease. */
  leases: string;
}

// The kernel allows 108 bytes on Linux and 104 on macOS.
const LONGEST_SOCKET_PATH = 100;

/** The paths below a data folder, which must be given without symbolic links so that each name of it leads to one server. */
export function layoutOf(dataDir: string): Layout {
  const root = join(dataDir, 'postgres');
  const sockets = socketFolder(root);
  return {
    root,
    data: join(root, 'data'),
    unfinished: join(root, 'data.unfinished'),
    password: join(root, 'password'),
    log: join(root, 'postgres.log'),
    libraries: join(root, 'lib'),
    sockets,
    leases: join(sockets, 'lease.sock'),
  };
}

/** Closes the folders to all others. Throws when somebody else made that of the sockets, as is possible in the shared temp folder. */
export function claimFolders(layout: Layout): void {
  chmodSync(layout.root, 0o700);
  mkdirSync(layout.sockets, { recursive: true, mode: 0o700 });
  assertPrivate(layout.sockets, process.getuid?.());
}

/** Throws unless the folder belongs to the account and is closed to all others. */
export function assertPrivate(folder: string, uid: number | undefined): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new Error(
      `${folder} should be a folder of account ${uid} with mode 0700, but it belongs to account ${found.uid} with mode 0${(found.mode & 0o777).toString(8)}. Remove it, or set DATA_DIR to another folder.`,
    );
  }
}

// Not os.tmpdir(): it follows TMPDIR, and two processes with different ones would not find each other.
function socketFolder(root: string): string {
  const near = join(root, 'run');
  if (Buffer.byteLength(join(near, `.s.PGSQL.${PORT}`)) <= LONGEST_SOCKET_PATH) return near;
  return `/tmp/aerie-postgres-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
}
