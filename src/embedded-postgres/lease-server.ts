import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A message from the supervisor to each lease holder: the server is ready, or the reason why it cannot run. */
export type StatusMessage = { ready: true } | { failure: string };

/**
 * Sent by a holder before it disconnects. If it was the last holder, the server is stopped at once, and the holder can
 * wait for that: its connection stays open until then.
 */
export const RELEASE_MESSAGE = 'release\n';

/**
 * The supervisor's socket, which counts the users of the server. A lease is an open connection: the kernel closes it
 * even if its holder is killed.
 */
export class LeaseServer {
  private readonly holders = new Set<Socket>();
  private readonly server: Server;
  private status: StatusMessage | undefined;

  /**
   * `onLastLeft` is called when the last holder has left. `released` is true if it sent RELEASE_MESSAGE, and false if
   * its connection just closed.
   */
  constructor(private readonly onLastLeft: (released: boolean) => void) {
    this.server = createServer((socket) => this.accept(socket));
  }

  get isEmpty(): boolean {
    return this.holders.size === 0;
  }

  /**
   * Listens at this path. Only for the supervisor that has the lock, since an existing socket file is removed: a killed
   * supervisor has left it.
   */
  async listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(path, resolve);
    });
  }

  /** Stops accepting connections. Open ones end with this process. */
  close(): void {
    this.server.close();
  }

  /** Sends the status to all current holders, and later to all new ones. Resolves when the current holders have it. */
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
