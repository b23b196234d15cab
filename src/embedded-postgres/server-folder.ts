import { lchownSync, lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.js';
import { accountName, unprivilegedAccount, type Account } from './os-account.js';
import { serverPaths, type ServerPaths } from './server-paths.js';

/** The folder of an embedded server, ready for its supervisor. */
export interface ServerFolder {
  dataDir: string;
  paths: ServerPaths;
  /** The account that owns the files. */
  ownerUid: number | undefined;
  /** The account to start the supervisor as, if this process runs as root. */
  account: Account | undefined;
}

/**
 * Creates the folder of the server. Throws if it belongs to another account or cannot be created, and on Windows, for
 * which there is no package.
 */
export function prepareServerFolder(dataDir: string): ServerFolder {
  if (process.platform === 'win32') {
    throw new Error('The embedded PostgreSQL does not run on Windows: set DATABASE_URL, or use WSL.');
  }
  create(dataDir);
  const realDataDir = realpathSync(dataDir);
  const paths = serverPaths(realDataDir);
  assertNoLink(paths.root);
  const ownUid = process.getuid?.();
  if (ownUid !== 0) {
    for (const folder of [paths.root, paths.data]) assertOwnedBy(ownUid, folder);
    create(paths.root, 0o700);
    return { dataDir: realDataDir, paths, ownerUid: ownUid, account: undefined };
  }
  const account = unprivilegedAccount([paths.data, paths.root, dirname(paths.root)]);
  createOwnedBy(account, paths.root);
  return { dataDir: realDataDir, paths, ownerUid: account.uid, account };
}

function create(folder: string, mode?: number): void {
  try {
    makeFolder(folder, mode);
  } catch (error) {
    throw new Error(
      `The data folder ${folder} cannot be created (${(error as Error).message}): set DATA_DIR to another.`,
      {
        cause: error,
      },
    );
  }
}

// Root changes nothing inside the folder: the account may have created links there that point to files of others.
function createOwnedBy(account: Account, root: string): void {
  create(root, 0o700);
  if (lstatSync(root).uid !== account.uid) lchownSync(root, account.uid, account.gid);
}

// If the folder were a link, root could give the account any folder on the machine.
function assertNoLink(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(`${folder} is a symbolic link, but must be a folder: set DATA_DIR to the folder itself.`);
  }
}

function assertOwnedBy(uid: number | undefined, folder: string): void {
  const owner = lstatSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined && owner !== uid) {
    throw new Error(
      `The folder ${folder} belongs to ${accountName(owner)}, and this process runs as ${accountName(uid ?? 0)}: run as the owner or as root, or set DATA_DIR to a folder of your own.`,
    );
  }
}
