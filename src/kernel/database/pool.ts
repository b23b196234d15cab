import pg from 'pg';
import { Gauge } from '../common/instruments.js';
import { PooledClient } from './pooled-client.js';
import { keepsStatements, setTransactions } from './pooler.js';
import { setPoolSession, type Settings } from './session.js';

export interface PoolOptions extends pg.PoolConfig {
  readonly max: number;
  /** Milliseconds to wait while all connections are in use; to open one is `connectionTimeoutMillis`. */
  readonly acquireTimeout?: number;
  /** Of its connections, added to the required ones (session.ts). */
  readonly settings?: Settings;
}

type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, done: (error?: unknown) => void) => void;

const CONNECTIONS = new Gauge({
  name: 'aerie_database_connections',
  help: 'Connections to PostgreSQL by pool and state. Those of the job queue, three a process, are not among them.',
  labels: ['pool', 'state'],
});
const MAX = new Gauge({
  name: 'aerie_database_connections_max',
  help: 'Connections that a pool may open.',
  labels: ['pool'],
});
const WAITING = new Gauge({
  name: 'aerie_database_connections_waiting',
  help: 'Callers that wait for a connection.',
  labels: ['pool'],
});

/** The pool behind TypeORM and all that takes connections from it. */
export class Pool extends pg.Pool {
  private readonly acquireTimeout: number;
  private readonly unwatch: readonly (() => void)[];
  /** Connections that were opened earlier are not used any more; by `performance.now()`. */
  private renewedAt = 0;

  constructor(options: PoolOptions) {
    super({ ...options, Client: PooledClient, onConnect: (client) => setUp(client, options.settings) });
    this.acquireTimeout = options.acquireTimeout ?? 0;
    this.on('connect', (client) => {
      if (client instanceof PooledClient) client.onStale = () => this.renew();
    });
    this.unwatch = this.watched(options.application_name ?? 'aerie');
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    for (const end of this.unwatch) end();
    return callback ? super.end(callback) : super.end();
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.connect((error, client) => (client ? resolve(client) : reject(error!)));
      });
    }
    const isBusy = this.totalCount >= this.options.max && this.idleCount === 0;
    const fresh = this.onlyFresh(callback);
    super.connect(isBusy && this.acquireTimeout > 0 ? withinTime(this.acquireTimeout, fresh) : fresh);
  }

  /** If a statement is stale on one connection, it is on the others, too. They are closed when they are next acquired. */
  renew(): void {
    this.renewedAt = performance.now();
  }

  private onlyFresh(callback: Callback): Callback {
    return (error, client, done) => {
      if (client instanceof PooledClient && (client.openedAt < this.renewedAt || client.isOld)) {
        done(new Error('The connection is outdated'));
        this.connect(callback);
      } else callback(error, client, done);
    };
  }

  private watched(pool: string): (() => void)[] {
    return [
      CONNECTIONS.watch(() => [
        { labels: { pool, state: 'used' }, value: this.totalCount - this.idleCount },
        { labels: { pool, state: 'idle' }, value: this.idleCount },
      ]),
      MAX.watch(() => [{ labels: { pool }, value: this.options.max }]),
      WAITING.watch(() => [{ labels: { pool }, value: this.waitingCount }]),
    ];
  }
}

async function setUp(client: pg.ClientBase, settings: Settings = {}): Promise<void> {
  const isPooled = await setPoolSession(client, settings);
  if (isPooled) await setTransactions(client, settings, await keepsStatements(client));
}

/** Fails once the time is over; a connection that comes later goes back at once. */
function withinTime(ms: number, callback: Callback): Callback {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    callback(new Error('timeout exceeded when trying to connect'), undefined, () => {});
  }, ms);
  return (error, client, done) => {
    clearTimeout(timer);
    if (!isOver) callback(error, client, done);
    else if (client) done();
  };
}
