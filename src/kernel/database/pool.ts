import pg from 'pg';
import { Gauge } from '../common/instruments.js';
import { bindToActiveSpan } from '../common/tracing.js';
import { currentActivity, runAsActivity } from '../context/activity.js';
import type { ArrayResult } from './array-query.js';
import { openPacketSocket } from './packet-socket.js';
import { PooledClient, type ClientLimits, type SlowStatements } from './pooled-client.js';
import { supportsNamedStatements, applySettingsPerTransaction } from './pooler.js';
import { applyPoolSettings, type Settings } from './session-settings.js';

// The pg pool of the application.

/** Options of Pool, in addition to those of pg. */
export interface PoolOptions extends pg.PoolConfig {
  readonly max: number;
  /** Milliseconds to wait for a free connection. `connectionTimeoutMillis` limits the time to open one. */
  readonly acquireTimeout?: number;
  /** PostgreSQL settings of the connections, in addition to the required ones (session-settings.ts). */
  readonly settings?: Settings;
  readonly slow?: SlowStatements | undefined;
}

/** A statement for pg, without the values of its parameters. */
export type Statement = Omit<pg.QueryArrayConfig, 'values'>;

/** A signature of pg's `query` that its types do not have. */
type Send = (
  statement: Statement,
  values: unknown[],
  callback: (error: Error | null, result: ArrayResult) => void,
) => void;

type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, done: (error?: unknown) => void) => void;

const CONNECTIONS = new Gauge({
  name: 'aerie_database_connections',
  help: 'Connections to PostgreSQL by pool and state, without those of the job queue (up to four per process).',
  labels: ['pool', 'state'],
});
const MAX = new Gauge({
  name: 'aerie_database_connections_max',
  help: 'Maximum number of connections of a pool.',
  labels: ['pool'],
});
const WAITING = new Gauge({
  name: 'aerie_database_connections_waiting',
  help: 'Callers that are waiting for a connection.',
  labels: ['pool'],
});

/**
 * The pg pool that TypeORM uses. It limits the wait for a free connection, sets up new connections, closes connections
 * whose prepared statements are outdated, and reports its size as metrics.
 */
export class Pool extends pg.Pool {
  private readonly acquireTimeout: number;
  private readonly unregisterGauges: readonly (() => void)[];
  /** Connections opened before this time (`performance.now()`) are closed when they are next acquired. */
  private renewedAt = 0;

  constructor({ query_timeout, ...options }: PoolOptions) {
    const config: pg.PoolConfig & ClientLimits = {
      stream: openPacketSocket,
      ...options,
      queryTimeout: query_timeout,
    };
    super({ ...config, Client: PooledClient, onConnect: (client) => setUp(client, options.settings) });
    this.acquireTimeout = options.acquireTimeout ?? 0;
    this.on('connect', (client) => {
      if (!(client instanceof PooledClient)) return;
      client.onStale = () => this.renew();
      client.slow = options.slow;
    });
    this.unregisterGauges = this.registerGauges(options.application_name ?? 'aerie');
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    for (const end of this.unregisterGauges) end();
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
    const fresh = this.skipOutdated(callback);
    super.connect(isBusy && this.acquireTimeout > 0 ? withTimeout(this.acquireTimeout, fresh) : fresh);
  }

  /**
   * Runs a statement on any connection. Unlike pg's `query`, it adds no error listener per call: PooledClient has a
   * permanent one.
   */
  run(statement: Statement, values: unknown[]): Promise<ArrayResult> {
    const activity = currentActivity();
    return new Promise((resolve, reject) => {
      const connected: Callback = (failed, client, done) => {
        if (client === undefined) return reject(failed!);
        const send = () =>
          (client.query as Send)(statement, values, (error, result) => {
            done(error);
            if (error) reject(error);
            else resolve(result);
          });
        // a waiting caller gets its connection in the context of the code that releases it
        if (activity === currentActivity()) send();
        else runAsActivity(activity, send);
      };
      this.connect(bindToActiveSpan(connected));
    });
  }

  /**
   * Replaces all connections: a statement that is stale on one of them is stale on the others. Each is closed when next
   * acquired.
   */
  renew(): void {
    this.renewedAt = performance.now();
  }

  private skipOutdated(callback: Callback): Callback {
    return (error, client, done) => {
      if (client instanceof PooledClient && (client.openedAt < this.renewedAt || client.isOld)) {
        done(new Error('The connection is outdated'));
        this.connect(callback);
      } else callback(error, client, done);
    };
  }

  private registerGauges(pool: string): (() => void)[] {
    return [
      CONNECTIONS.addCallback(() => [
        { labels: { pool, state: 'used' }, value: this.totalCount - this.idleCount },
        { labels: { pool, state: 'idle' }, value: this.idleCount },
      ]),
      MAX.addCallback(() => [{ labels: { pool }, value: this.options.max }]),
      WAITING.addCallback(() => [{ labels: { pool }, value: this.waitingCount }]),
    ];
  }
}

async function setUp(client: pg.ClientBase, settings: Settings = {}): Promise<void> {
  const isPooled = await applyPoolSettings(client, settings);
  if (isPooled) await applySettingsPerTransaction(client, settings, await supportsNamedStatements(client));
}

/** Calls back with an error after `ms`. A connection that arrives later is returned to the pool at once. */
function withTimeout(ms: number, callback: Callback): Callback {
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
