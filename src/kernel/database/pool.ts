import pg from 'pg';
import { Gauge } from '../common/instruments.js';
import { TimedClient, type TimedClientConfig } from './timed-client.js';

export interface PoolOptions extends pg.PoolConfig, TimedClientConfig {
  readonly max: number;
  /** Milliseconds to wait while all connections are in use; to open one is `connectionTimeoutMillis`. */
  readonly acquireTimeout?: number;
  /** Milliseconds of a transaction, where PostgreSQL can limit it. */
  readonly transactionTimeout?: number;
}

type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, done: (error?: unknown) => void) => void;

const LIFETIME_S = 1800; // failovers and DNS changes are followed
const LOOK_FOR_CLIENT_MS = 5000;

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

  constructor(options: PoolOptions) {
    super({ ...options, Client: TimedClient, onConnect: (client) => limit(client, options.transactionTimeout ?? 0) });
    this.acquireTimeout = options.acquireTimeout ?? 0;
    // read for each connection: those that were opened together do not end together
    Object.defineProperty(this.options, 'maxLifetimeSeconds', { get: () => LIFETIME_S * (0.8 + 0.2 * Math.random()) });
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
    super.connect(isBusy && this.acquireTimeout > 0 ? withinTime(this.acquireTimeout, callback) : callback);
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

/**
 * Sets what not every server knows: PostgreSQL has `transaction_timeout` from version 17, and looks whether its client is
 * still there only on some systems. A start-up option that it does not know would be refused with the connection.
 */
async function limit(client: pg.ClientBase, transactionTimeout: number): Promise<void> {
  await setIfKnown(client, 'transaction_timeout', transactionTimeout);
  await setIfKnown(client, 'client_connection_check_interval', LOOK_FOR_CLIENT_MS).catch(ignoreRefusal);
}

const SET_IF_KNOWN = 'select set_config($1, $2, false) where current_setting($1, true) is not null';

/** In milliseconds. */
function setIfKnown(client: pg.ClientBase, name: string, ms: number): Promise<unknown> {
  return client.query(SET_IF_KNOWN, [name, String(ms)]);
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof pg.DatabaseError)) throw error;
}
