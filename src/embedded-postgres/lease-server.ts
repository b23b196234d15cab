import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What the supervisor tells each holder of a lease: the server is ready, or why it never will be. */
export type StatusMessage = { ready: true } | { failure: string };

/** What a holder sends before it leaves. When the last one does, the server is stopped at once, and the holder can wait for it. */
export const RELEASE_MESSAGE = 'release\n';

/**
 * The supervisor's socket, on which it counts who uses the server. A lease is an open connection: the kernel closes it however
 * its holder ends.
 */
export class LeaseServer {
  private readonly holders = new Set<Socket>();
  private readonly server: Server;
  private status: StatusMessage | undefined;

  /** `onLastLeft` is called whenever the last holder has left, with whether it released its lease or just ended. */
  constructor(private readonly onLastLeft: (released: boolean) => void) {
    this.server = createServer((socket) => this.accept(socket));
  }

  get isEmpty(): boolean {
    return this.holders.size === 0;
  }

  /** Listens at this path. Only the supervisor with the lock may: it removes the socket file that a killed one left. */
  async listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(path, resolve);
    });
  }

  /** Accepts no new connections. Those that are open end with this process. */
  close(): void {
    this.server.close();
  }

  /** Sends the status to all present holders, and later to all new ones. Resolves when it is sent. */
  async announce(status: StatusMessage): Promise<void> {
    this.status = status;
    await Promise.all([...this.holders].map((socket) => new Promise((sent) => socket.write(lineOf(status), sent))));
  }

  private accept(socket: Socket): void {
    this.holders.add(socket);
    if (this.status) socket.write(lineOf(this.status));
    socket.on('error', () => socket.destroy());
    socket.once('data', () => this.release(socket));
    socket.once('close', () => {
      if (this.holders.delete(socket) && this.isEmpty) this.onLastLeft(false);
    });
  }

  private release(socket: Socket): void {
    this.holders.delete(socket);
    if (this.isEmpty) this.onLastLeft(true);
    else socket.end();
  }
}

/** Whether a process listens at this path. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function lineOf(status: StatusMessage): string {
  return `${JSON.stringify(status)}\n`;
}
