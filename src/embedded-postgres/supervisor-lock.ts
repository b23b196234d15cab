import { createHash } from 'node:crypto';
import { constants, openSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ServerPaths } from './server-paths.js';

// Not a file with a process id: it becomes stale when its owner is killed, and two processes that remove a stale file
// at the same time would both get the lock. These locks belong to the kernel, which releases them when the process ends
// in any way.

/** Makes this process the only supervisor of the folder until it ends. Returns false while another process is. */
export function takeSupervisorLock(paths: ServerPaths, password: string): Promise<boolean> {
  return process.platform === 'linux' ? bindAbstractSocket(paths, password) : Promise.resolve(lockFile(paths));
}

// Binds an abstract socket, which is not in the file system: only one process can bind its name. The password prevents
// other accounts from guessing the name. The inode distinguishes a copied folder from the original.
function bindAbstractSocket({ root }: ServerPaths, password: string): Promise<boolean> {
  const { dev, ino } = statSync(root);
  const name = createHash('sha256').update(`${dev}:${ino}:${password}`).digest('hex');
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(`\0aerie-postgres-${name}`, () => resolve(true));
  });
}

const O_EXLOCK = 0x20; // macOS: open and lock in one step

function lockFile({ root }: ServerPaths): boolean {
  try {
    openSync(join(root, 'lock'), constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}
