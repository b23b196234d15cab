import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Both ends of one connection: the application's, and the one to the database behind. */
type Passage = readonly [socket: Socket, behind: Socket];

/** A way to the database with what can go wrong on it. */
export class Door {
  private readonly passages = new Set<Passage>();
  private readonly server = createServer((socket) => this.enter(socket));
  private isBlackHole = false;
  private port = 0;

  private constructor(
    private readonly database: URL,
    private readonly watch: (...passage: Passage) => void,
  ) {}

  /** `watch` is given each connection before anything goes through it. */
  static async open(database = new URL(databaseUrl), watch: (...passage: Passage) => void = () => {}): Promise<Door> {
    const door = new Door(database, watch);
    await door.reopen();
    return door;
  }

  /** For DATABASE_URL. */
  get url(): string {
    return Object.assign(new URL(this.database), { hostname: '127.0.0.1', port: String(this.port), search: '' }).href;
  }

  /** Nobody comes in any more, and those inside are thrown out. */
  close(): void {
    this.server.close();
    this.reset();
  }

  /** At the same place as before. */
  async reopen(): Promise<void> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Those inside are thrown out, as by a firewall. */
  reset(): void {
    for (const [socket, behind] of this.passages) {
      socket.resetAndDestroy();
      behind.destroy();
    }
    this.passages.clear();
  }

  /** What is sent is lost from now on, either way; nobody is told. */
  swallow(): void {
    this.isBlackHole = true;
    for (const [socket, behind] of this.passages) {
      socket.unpipe(behind).resume();
      behind.unpipe(socket).resume();
    }
  }

  /** What is sent arrives again; what was lost stays lost. */
  letThrough(): void {
    this.isBlackHole = false;
    for (const [socket, behind] of this.passages) socket.pipe(behind).pipe(socket);
  }

  private enter(socket: Socket): void {
    const { hostname, port, searchParams } = this.database;
    const folder = searchParams.get('host'); // of a socket, where the embedded server listens
    const behind = folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(Number(port || 5432), hostname);
    const passage = [socket, behind] as const;
    this.passages.add(passage);
    for (const one of passage) one.on('error', () => one.destroy());
    socket.on('close', () => this.passages.delete(passage) && behind.destroy());
    behind.on('close', () => this.isBlackHole || socket.destroy());
    this.watch(socket, behind);
    if (this.isBlackHole) {
      socket.resume();
      behind.resume();
    } else socket.pipe(behind).pipe(socket);
  }
}
