import type { ArrayResult } from '../kernel/database/array-query.js';
import { databaseError } from '../kernel/errors/database-errors.js';
import { Pool, type PoolOptions, type Statement } from '../kernel/database/pool.js';
import { Probe } from './probe.js';
import type { ReadReplica } from '../kernel/database/request-replica.js';
import type { WalPositions } from './wal-positions.js';

// One read replica and its state.

/** What is known of the primary: nothing before it has responded. */
export interface Primary {
  /** Up to which position its log was flushed at the last probe; undefined if it did not respond. */
  readonly flushed?: number | undefined;
  readonly database?: string;
}

/** Only a replica that is `ok` is read. `no replica`: the server does not follow the primary. */
export type ReplicaState = 'ok' | 'late' | 'unavailable' | 'no replica';

/** The result of the probe. */
interface Position {
  readonly is_standby: boolean;
  readonly replayed: string | null;
  readonly database: string;
}

/** Identifies a database. The replicas of a server have its system identifier. */
export const DATABASE = `(select system_identifier from pg_control_system()) || ' ' || current_database() as database`;

/** The position as a byte offset in the write-ahead log, which a JavaScript number holds exactly up to 8 PB. */
const POSITION = `select pg_is_in_recovery() as is_standby,
  pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text as replayed, ${DATABASE}`;

/** SQLSTATE query_canceled, after statement_timeout: the primary would not be faster. */
const CANCELED = '57014';

/** SQLSTATE too_many_connections: the open connections still work. */
const NO_CONNECTION = '53300';

/**
 * How long a replica is not used after a query failed, although its probe has a connection. Otherwise it would be used
 * and excluded again twice a second.
 */
const EXCLUDED_MS = 5000;

/** A streaming replica: its pool, and whether it may be read now. */
export class Replica implements ReadReplica {
  state: ReplicaState = 'unavailable';
  /** The minimum replication lag in milliseconds; undefined while the replica does not answer. */
  lag: number | undefined;
  /** The log position up to which it has applied the primary's writes. */
  replayed = 0;
  /** Why it is not read, for the log. */
  problem = 'it was not checked yet';
  private readonly pool: Pool;
  private readonly probe: Probe<Position>;
  /** The position of the last probe; undefined if it showed that the server cannot be read. */
  private probed: number | undefined;
  private database = '';
  /** Where it was when it was ahead of the primary. A server that has lost its primary stays there. */
  private divergedAt: number | undefined;
  /** Until when it is not probed (`performance.now()`), after a query failed. */
  private excludedUntil: number | undefined;
  /** Rejects the pending queries when the replica is lost. */
  private readonly pendingRejections = new Set<(error: Error) => void>();

  constructor(
    readonly url: string,
    options: PoolOptions,
    private readonly maxLag: number,
  ) {
    this.pool = new Pool({ ...options, connectionString: url });
    this.pool.on('error', () => {}); // the probe reports it
    this.probe = new Probe(url, POSITION);
  }

  get isHealthy(): boolean {
    return this.state === 'ok';
  }

  /** Probes the server, and excludes it if it does not respond or is not in recovery. */
  async askPosition(): Promise<void> {
    this.probed = undefined;
    if (this.excludedUntil !== undefined) {
      if (performance.now() < this.excludedUntil) return;
      this.excludedUntil = undefined;
      this.probe.end(); // an open connection does not show whether new ones are possible
    }
    try {
      const [position] = await this.probe.query();
      this.database = position!.database;
      if (position!.is_standby) this.probed = Number(position!.replayed);
      else this.exclude('no replica', 'it is not in recovery');
    } catch (error) {
      this.markUnavailable(error as Error);
    }
  }

  /**
   * Updates the state from the last probe, and from that of the primary after it. A replica ahead of the primary follows
   * another server, as after a failover to a replica that had received less: its position says nothing about the writes
   * of callers.
   */
  updateState(positions: WalPositions, { flushed, database }: Primary): void {
    const { probed } = this;
    if (probed === undefined || this.excludedUntil !== undefined) return;
    if (database !== undefined && database !== this.database) {
      this.exclude('no replica', 'it is a replica of another database');
      return;
    }
    if (flushed !== undefined && probed > flushed) this.divergedAt = probed;
    if (probed === this.divergedAt)
      this.exclude('no replica', 'it is ahead of the primary, so it follows another server');
    else this.updateLag(probed, positions);
  }

  /**
   * Runs a statement. Returns undefined if it failed and has to run on the primary. Excludes the replica if the
   * connection is lost or refused.
   */
  async query(statement: Statement, values: unknown[]): Promise<ArrayResult | undefined> {
    try {
      return await this.rejectWhenLost(this.pool.run(statement, values));
    } catch (error) {
      if ((error as { code?: unknown }).code === CANCELED) throw error;
      if (isUnreachable(error)) this.excludeAfter(error as Error);
      return undefined;
    }
  }

  /** Excludes the replica and rejects its pending queries. */
  markUnavailable(error: Error): void {
    this.exclude('unavailable', error.message || 'it does not respond');
    this.pool.renew();
    for (const reject of this.pendingRejections) reject(error);
  }

  async end(): Promise<void> {
    this.probe.end();
    await this.pool.end();
  }

  /** Excludes the replica for a while after a query failed. */
  private excludeAfter(error: Error): void {
    if ((error as { code?: unknown }).code === NO_CONNECTION) this.exclude('unavailable', error.message);
    else this.markUnavailable(error);
    this.excludedUntil = performance.now() + EXCLUDED_MS;
  }

  private updateLag(replayed: number, positions: WalPositions): void {
    const lag = positions.lagAt(replayed, performance.now());
    const isKnown = positions.isLagKnown(replayed);
    this.divergedAt = undefined;
    this.replayed = replayed;
    this.lag = Math.round(lag);
    this.state = isKnown && lag <= this.maxLag ? 'ok' : 'late';
    this.problem = `it is ${(lag / 1000).toFixed(1)} s ${isKnown ? '' : 'or more '}behind`;
  }

  private exclude(state: ReplicaState, problem: string): void {
    Object.assign(this, { state, problem, lag: undefined, replayed: 0 });
  }

  private rejectWhenLost<T>(result: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.pendingRejections.add(reject);
      const forget = () => this.pendingRejections.delete(reject);
      result.then(resolve, reject).finally(forget).catch(forget);
    });
  }
}

/** Whether the server is unreachable. False if the pool is exhausted, or for a conflict with recovery (40001). */
function isUnreachable(error: unknown): boolean {
  const { message, code } = error as { message: string; code?: string };
  return !message.startsWith('timeout exceeded') && code !== '40001' && databaseError(error)?.getStatus() === 503;
}
