import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Logger } from '../kernel/logging/logger.js';
import { poolOptions } from '../kernel/database/data-source-options.js';
import { Probe } from './probe.js';
import { DATABASE, Replica, type Primary, type ReplicaState } from './replica.js';
import { registerReplicaGauges } from './replica-gauges.js';
import { execute } from '../kernel/database/statement.js';
import { WalPositions } from './wal-positions.js';

// Read replicas: chooses one that has everything its caller has written.

const PROBE_EVERY_MS = 500;
const END_WITHIN_MS = 1000;

const POSITION = `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::text as flushed, ${DATABASE}`;

/** Ordered by key, so that concurrent statements for the same callers cannot deadlock. */
const RECORD_WRITE = `
  insert into caller_writes as w (caller, position, written_at)
  select caller, pg_current_wal_insert_lsn(), now() from unnest($1::bytea[]) as caller order by caller
  on conflict (caller) do update
    set position = greatest(w.position, excluded.position), written_at = excluded.written_at`;

const LAST_WRITE = `
  select pg_wal_lsn_diff(max(position), '0/0')::text from caller_writes where caller = any($1::bytea[])`;

/**
 * The read replicas. One that is unavailable, late or not a replica is excluded until it recovers. Callers read their
 * own writes: the log position of each caller's last write is stored on the primary, where every process finds it, and
 * only a replica that has reached the position is read. This costs one small query on the primary per request.
 */
@Injectable()
export class Replicas implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly all: readonly Replica[];
  private readonly positions = new WalPositions();
  private primary: Primary = {};
  /** The latest read of the primary's position, and the next one, which has not been sent. */
  private lastRead: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private probe: Probe<{ flushed: string; database: string }> | undefined;
  private loggedStates: ReplicaState[] = [];
  private isStopped = false;
  private unregisterGauges = () => {};

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly source: DataSource,
  ) {
    const maxLag = config.values.REPLICA_MAX_LAG_SECONDS * 1000;
    this.all = config.replicaUrls.map((url) => new Replica(url, poolOptions(config, logger), maxLag));
  }

  /** Whether there are replicas at all (DATABASE_REPLICA_URLS). */
  get areConfigured(): boolean {
    return this.all.length > 0;
  }

  /** The state of each replica, in the order of DATABASE_REPLICA_URLS. */
  get states(): { state: ReplicaState; lag_ms: number | null }[] {
    return this.all.map(({ state, lag }) => ({ state, lag_ms: lag ?? null }));
  }

  /**
   * Returns a replica that has everything these callers have written, or undefined. The first caller gets the same
   * replica as long as the same ones are healthy. After a read from the primary, such a replica may still return an
   * older state.
   */
  async replicaFor(callers: readonly string[]): Promise<Replica | undefined> {
    const keys = callers.map(keyOf);
    const healthy = this.all.filter(({ isHealthy }) => isHealthy);
    const replica = healthy[keys[0]!.readUInt32BE() % healthy.length];
    if (replica === undefined) return undefined;
    const { rows } = await execute(this.source.manager, LAST_WRITE, [keys]);
    return Number(rows[0]?.[0] ?? 0) <= replica.replayed ? replica : undefined;
  }

  /** Stores the current log position for these callers, after their write was committed. */
  async recordWrite(callers: readonly string[]): Promise<void> {
    try {
      await execute(this.source.manager, RECORD_WRITE, [callers.map(keyOf)]);
    } catch (error) {
      this.logger.warn(
        `The log position of a write could not be stored, so replicas may return older data: ${(error as Error).message}`,
      );
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.areConfigured) return;
    this.probe = new Probe(this.config.databaseUrl, POSITION);
    this.unregisterGauges = registerReplicaGauges(() => this.states);
    await this.askPrimary(); // a replica that has replayed what the primary has now can be used at once
    await Promise.all(this.all.map((replica) => this.checkState(replica)));
    for (const replica of this.all) void this.poll(replica);
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.unregisterGauges();
    this.probe?.end();
    const ended = Promise.all(this.all.map((replica) => replica.end()));
    // an unresponsive server does not close its connections
    await Promise.race([ended, sleep(END_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Each replica is probed on its own, so that one that does not respond delays no other. */
  private async poll(replica: Replica): Promise<void> {
    for (;;) {
      await sleep(PROBE_EVERY_MS, undefined, { ref: false });
      if (this.isStopped) return;
      await this.checkState(replica);
    }
  }

  private async checkState(replica: Replica): Promise<void> {
    await replica.askPosition();
    if (this.isStopped) return;
    await this.askPrimary(); // afterwards, so that no replica of this primary is ahead of it
    if (this.isStopped) return;
    replica.updateState(this.positions, this.primary);
    const i = this.all.indexOf(replica);
    if (replica.state !== this.loggedStates[i]) this.logState(i, replica);
  }

  /** Asks the primary for its present position. A question that is already on its way may be answered too early. */
  private askPrimary(): Promise<void> {
    this.next ??= this.lastRead.then(() => {
      this.next = undefined;
      return (this.lastRead = this.readPosition());
    });
    return this.next;
  }

  /** If the primary does not respond, its earlier positions and its database stay known. */
  private async readPosition(): Promise<void> {
    if (this.isStopped) return; // a question would open the closed connection again
    try {
      const [row] = await this.probe!.query();
      const flushed = Number(row!.flushed);
      this.positions.add(flushed, performance.now());
      this.primary = { flushed, database: row!.database };
    } catch {
      this.primary = { ...this.primary, flushed: undefined };
    }
  }

  private logState(i: number, { state, problem }: Replica): void {
    this.loggedStates[i] = state;
    const name = `Replica ${i + 1} of ${this.all.length}`;
    if (state === 'ok') this.logger.log(`${name} is used for reads`);
    else this.logger.warn(`${name} is not used until it is healthy (${state}): ${problem}`);
  }
}

/** Returns a hash, which has a fixed length and hides the client address. */
const keyOf = (caller: string): Buffer => createHash('sha256').update(caller).digest();
