import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Both ends of one proxied connection: the application's socket, and the one to the database. */
type Passage = readonly [socket: Socket, behind: Socket];

/** A TCP proxy in front of the database that simulates network failures. */
export class Door {
  private readonly passages = new Set<Passage>();
  private readonly server = createServer((socket) => this.enter(socket));
  private isBlackHole = false;
  private port = 0;

  private constructor(
    private database: URL,
    private readonly watch: (...passage: Passage) => void,
  ) {}

  /** Opens the proxy. `watch` gets each connection before any data passes. */
  static async open(database = new URL(databaseUrl), watch: (...passage: Passage) => void = () => {}): Promise<Door> {
    const door = new Door(database, watch);
    await door.reopen();
    return door;
  }

  /** The database URL through the proxy, for DATABASE_URL. */
  get url(): string {
    return Object.assign(new URL(this.database), { hostname: '127.0.0.1', port: String(this.port), search: '' }).href;
  }

  /** Resets all connections and leads new ones to another server, as an address that moves in a failover. */
  leadTo(database: URL): void {
    this.database = database;
    this.reset();
  }

  /** Stops listening and resets all connections. */
  close(): void {
    this.server.close();
    this.reset();
  }

  /** Listens again, on the same port as before. */
  async reopen(): Promise<void> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Resets all connections, as a firewall may do. */
  reset(): void {
    for (const [socket, behind] of this.passages) {
      socket.resetAndDestroy();
      behind.destroy();
    }
    this.passages.clear();
  }

  /** Drops all data in both directions from now on. The connections stay open. */
  swallow(): void {
    this.isBlackHole = true;
    for (const [socket, behind] of this.passages) {
      socket.unpipe(behind).resume();
      behind.unpipe(socket).resume();
    }
  }

  /** Forwards data again. Dropped data stays lost. */
  letThrough(): void {
    this.isBlackHole = false;
    for (const [socket, behind] of this.passages) socket.pipe(behind).pipe(socket);
  }

  private enter(socket: Socket): void {
    const { hostname, port, searchParams } = this.database;
    const folder = searchParams.get('host'); // the folder of the embedded server's Unix socket
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
