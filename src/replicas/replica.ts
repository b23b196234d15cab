import type { QueryArrayResult } from 'pg';
import { databaseError } from '../kernel/errors/database-errors.js';
import { Pool, type PoolOptions, type Statement } from '../kernel/database/pool.js';
import { Probe } from '../kernel/database/probe.js';
import type { ReadReplica } from '../kernel/database/request-replica.js';
import type { WalPositions } from './wal-positions.js';

// One read replica and its state.

/** Only a replica that is `ok` is read. `no replica`: the server is not in recovery. */
export type ReplicaState = 'ok' | 'late' | 'unavailable' | 'no replica';

/** The result of the probe. */
interface Position {
  readonly is_standby: boolean;
  readonly replayed: string | null;
}

/** The position as a byte offset in the write-ahead log, which a JavaScript number holds exactly up to 8 PB. */
const POSITION = `select pg_is_in_recovery() as is_standby, pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text as replayed`;

/** SQLSTATE query_canceled, after statement_timeout: the primary would not be faster. */
const CANCELED = '57014';

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

  /** Probes the server and updates the state. */
  async checkState(primary: WalPositions): Promise<void> {
    try {
      const [position] = await this.probe.query();
      const { is_standby, replayed } = position!;
      this.replayed = Number(replayed);
      if (is_standby) this.updateLag(primary.lagAt(this.replayed, performance.now()));
      else this.exclude('no replica', 'it is not in recovery');
    } catch (error) {
      this.markUnavailable(error as Error);
    }
  }

  /**
   * Runs a statement. Returns undefined if it failed and has to run on the primary. Marks the replica as unavailable if
   * the connection is lost.
   */
  async query(statement: Statement, values: unknown[]): Promise<QueryArrayResult<unknown[]> | undefined> {
    try {
      return await this.rejectWhenLost(this.pool.run(statement, values));
    } catch (error) {
      if ((error as { code?: unknown }).code === CANCELED) throw error;
      if (isUnreachable(error)) this.markUnavailable(error as Error);
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

  private updateLag(lag: number): void {
    this.lag = Math.round(lag);
    this.state = lag <= this.maxLag ? 'ok' : 'late';
    this.problem = `it is ${(lag / 1000).toFixed(1)} s behind`;
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
