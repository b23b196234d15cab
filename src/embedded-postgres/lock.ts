import { createHash } from 'node:crypto';
import { constants, openSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Layout } from './layout.js';

// A lock file with a process id in it goes stale when its owner is killed, and two that clear it away at once both win.
// These locks belong to the kernel: they end with the process, however it ends.

/** Takes the folder for this process until it ends. False while another process has it. */
export function takeLock(layout: Layout, password: string): Promise<boolean> {
  return process.platform === 'linux' ? bindName(layout, password) : Promise.resolve(lockFile(layout));
}

// A name outside the file system that only one process can have. The password keeps strangers from guessing it; the
// inode tells a copied folder from its original.
function bindName({ root }: Layout, password: string): Promise<boolean> {
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

const O_EXLOCK = 0x20; // macOS and the BSDs: open and lock in one step

function lockFile({ root }: Layout): boolean {
  try {
    openSync(join(root, 'lock'), constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}
