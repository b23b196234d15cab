import { lchownSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { accountName, unprivilegedAccount, type Account } from './account.js';
import { layoutOf, type Layout } from './layout.js';

/** The place of an embedded server, ready for its supervisor. */
export interface Home {
  dataDir: string;
  layout: Layout;
  /** Whose files these are. */
  uid: number | undefined;
  /** For root, who never runs the server: whom to start the supervisor as. */
  account: Account | undefined;
}

/** Creates the folder of the server. Throws when it belongs to another account, or on a platform without Unix sockets. */
export function prepareHome(dataDir: string): Home {
  if (process.platform === 'win32') {
    throw new Error('The embedded PostgreSQL does not run on Windows: set DATABASE_URL, or use WSL.');
  }
  createDataDir(dataDir);
  const real = realpathSync(dataDir);
  const layout = layoutOf(real);
  assertNoLink(layout.root);
  const self = process.getuid?.();
  if (self !== 0) {
    for (const folder of [layout.root, layout.data]) assertOwn(folder, self);
    mkdirSync(layout.root, { recursive: true, mode: 0o700 });
    return { dataDir: real, layout, uid: self, account: undefined };
  }
  const account = unprivilegedAccount([layout.data, layout.root, dirname(layout.root)]);
  handOver(layout.root, account);
  return { dataDir: real, layout, uid: account.uid, account };
}

function createDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new Error(
      `The data folder ${dataDir} cannot be created (${(error as Error).message}): set DATA_DIR to another.`,
      {
        cause: error,
      },
    );
  }
}

// What is inside belongs to the account too, so root must not create or change anything there: it could be a link.
function handOver(root: string, account: Account): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  if (lstatSync(root).uid !== account.uid) lchownSync(root, account.uid, account.gid);
}

// Root would hand the link's target over, whatever it is.
function assertNoLink(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(`${folder} is a symbolic link, but must be a folder: set DATA_DIR to the folder itself.`);
  }
}

function assertOwn(folder: string, self: number | undefined): void {
  const owner = lstatSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined && owner !== self) {
    throw new Error(
      `The folder ${folder} belongs to ${accountName(owner)}, and this process runs as ${accountName(self ?? 0)}: run as the owner or as root, or set DATA_DIR to a folder of your own.`,
    );
  }
}
