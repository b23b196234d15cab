import { createHash } from 'node:crypto';
import { constants, openSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ServerPaths } from './server-paths.js';

// Not a file with a process id in it: that goes stale when its owner is killed, and of two processes that remove a stale one
// at once both would take it. These locks are the kernel's, and end with their process, however it ends.

/** Makes this process the only supervisor of the folder until it ends. False while another process is. */
export function takeSupervisorLock(paths: ServerPaths, password: string): Promise<boolean> {
  return process.platform === 'linux' ? bindAbstractSocket(paths, password) : Promise.resolve(lockFile(paths));
}

// The name of a socket outside the file system, which only one process can bind. The password keeps other accounts from
// guessing it; the inode tells a copied folder from its original.
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
