import type { QueryArrayConfig, QueryArrayResult } from 'pg';
import { databaseError } from '../errors/database-errors.js';
import { Pool, type PoolOptions } from './pool.js';
import { Probe } from './probe.js';
import type { WalPositions } from './wal-positions.js';

/** Only one that is `ok` is read. */
export type ReplicaState = 'ok' | 'late' | 'unavailable' | 'no replica';

interface Position {
  readonly is_standby: boolean;
  readonly replayed: string | null;
}

/** As bytes since the beginning of the log: exact in a number up to eight petabytes. */
const POSITION = `select pg_is_in_recovery() as is_standby, pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text as replayed`;

/** A statement's time was up: it would be on the primary as well. */
const CANCELED = '57014';

/** A streaming replica, and whether it may be read now. */
export class Replica {
  state: ReplicaState = 'unavailable';
  /** Milliseconds that it is behind the primary at least; undefined while it does not answer. */
  lag: number | undefined;
  /** Up to where it surely has what the primary has written. */
  replayed = 0;
  /** Why it is left out. */
  problem = 'it was not asked yet';
  private readonly pool: Pool;
  private readonly probe: Probe<Position>;
  /** What ends the waiting for its answers. */
  private readonly waiting = new Set<(error: Error) => void>();

  constructor(
    readonly url: string,
    options: PoolOptions,
    private readonly maxLag: number,
  ) {
    this.pool = new Pool({ ...options, connectionString: url });
    this.pool.on('error', () => {}); // the probe tells what has become of it
    this.probe = new Probe(url, POSITION);
  }

  /** Finds out its state. */
  async examine(primary: WalPositions): Promise<void> {
    try {
      const { is_standby, replayed } = await this.probe.ask();
      this.replayed = Number(replayed);
      if (is_standby) this.judgeLag(primary.lagAt(this.replayed, performance.now()));
      else this.leave('no replica', 'it is not in recovery');
    } catch (error) {
      this.lose(error as Error);
    }
  }

  /** Its answer; undefined where it has none, and another server has to be asked. It is left out at once if it is gone. */
  async ask(query: QueryArrayConfig): Promise<QueryArrayResult<unknown[]> | undefined> {
    try {
      return await this.unlessLost(this.pool.run(query));
    } catch (error) {
      if ((error as { code?: unknown }).code === CANCELED) throw error;
      if (isGone(error)) this.lose(error as Error);
      return undefined;
    }
  }

  /** Whoever waits for it waits no more. */
  lose(error: Error): void {
    this.leave('unavailable', error.message || 'it does not answer');
    this.pool.renew();
    for (const reject of this.waiting) reject(error);
  }

  async end(): Promise<void> {
    this.probe.end();
    await this.pool.end();
  }

  private judgeLag(lag: number): void {
    this.lag = Math.round(lag);
    this.state = lag <= this.maxLag ? 'ok' : 'late';
    this.problem = `it is ${(lag / 1000).toFixed(1)} s behind`;
  }

  private leave(state: ReplicaState, problem: string): void {
    Object.assign(this, { state, problem, lag: undefined, replayed: 0 });
  }

  private unlessLost<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      const forget = () => this.waiting.delete(reject);
      answer.then(resolve, reject).finally(forget).catch(forget);
    });
  }
}

/** Not, where all its connections are in use, or its recovery needed what the statement was reading. */
function isGone(error: unknown): boolean {
  const { message, code } = error as { message: string; code?: string };
  return !message.startsWith('timeout exceeded') && code !== '40001' && databaseError(error)?.getStatus() === 503;
}
