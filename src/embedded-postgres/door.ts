import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Told to a holder: the server serves, or why it never will. */
export type Announcement = { ready: true } | { failure: string };

/** Said by a holder that leaves of its own accord: the last one gets the server's stop without delay, and can wait for it. */
export const FAREWELL = 'release\n';

/** The supervisor's socket. A lease is an open connection: the kernel closes it however its holder ends. */
export class Door {
  private readonly holders = new Set<Socket>();
  private readonly server: Server;
  private news: Announcement | undefined;

  /** Calls back whenever the last holder has left, with whether it said so. */
  constructor(private readonly onEmpty: (properly: boolean) => void) {
    this.server = createServer((socket) => this.welcome(socket));
  }

  get isEmpty(): boolean {
    return this.holders.size === 0;
  }

  /** Opens at this path. Only the owner of the lock may: it clears away what a killed supervisor left. */
  async open(path: string): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(path, resolve);
    });
  }

  /** Lets nobody in any more. Those inside see their connection end with this process. */
  close(): void {
    this.server.close();
  }

  /** Tells all who are here and all who come. Resolves when it is sent. */
  async announce(news: Announcement): Promise<void> {
    this.news = news;
    await Promise.all([...this.holders].map((socket) => new Promise((sent) => socket.write(lineOf(news), sent))));
  }

  private welcome(socket: Socket): void {
    this.holders.add(socket);
    if (this.news) socket.write(lineOf(this.news));
    socket.on('error', () => socket.destroy());
    socket.once('data', () => this.farewell(socket));
    socket.once('close', () => {
      if (this.holders.delete(socket) && this.isEmpty) this.onEmpty(false);
    });
  }

  private farewell(socket: Socket): void {
    this.holders.delete(socket);
    if (this.isEmpty) this.onEmpty(true);
    else socket.end();
  }
}

/** Whether anybody listens at this path. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function lineOf(news: Announcement): string {
  return `${JSON.stringify(news)}\n`;
}
