import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Logger } from '../logging/logger.js';
import { poolOptions } from './data-source-options.js';
import { Probe } from './probe.js';
import { Replica, type ReplicaState } from './replica.js';
import { execute } from './statement.js';
import { WalPositions } from './wal-positions.js';

const PROBE_EVERY_MS = 500;
const END_WITHIN_MS = 1000;

const POSITION = `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::text as position`;

/** In the order of the keys, so that two who write for the same callers do not wait for each other. */
const NOTE = `
  insert into caller_writes as w (caller, position, written_at)
  select caller, pg_current_wal_insert_lsn(), now() from unnest($1::bytea[]) as caller order by caller
  on conflict (caller) do update
    set position = greatest(w.position, excluded.position), written_at = excluded.written_at`;

const LAST_WRITE = `select pg_wal_lsn_diff(position, '0/0')::text from caller_writes where caller = $1`;

/**
 * The replicas that reads may go to. One that is dead, late or no replica is left out until it is well again. A caller reads
 * only what has all that they wrote themselves: where the log ended after their last write is kept in the primary, so that
 * every process knows it, whatever the client sends along. It is one small read more for each request, and is exact.
 */
@Injectable()
export class Replicas implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly all: readonly Replica[];
  private readonly primary = new WalPositions();
  private probe: Probe<{ position: string }> | undefined;
  private told: ReplicaState[] = [];
  private isOver = false;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly source: DataSource,
  ) {
    const maxLag = config.values.REPLICA_MAX_LAG_SECONDS * 1000;
    this.all = config.replicaUrls.map((url) => new Replica(url, poolOptions(config, logger), maxLag));
  }

  /** Whether any are configured. */
  get areUsed(): boolean {
    return this.all.length > 0;
  }

  /** Of each, in the order of DATABASE_REPLICA_URLS. The lag is in milliseconds. */
  get states(): { state: ReplicaState; lag_ms: number | null }[] {
    return this.all.map(({ state, lag }) => ({ state, lag_ms: lag ?? null }));
  }

  /** A replica that has all that this caller has written; the same one again, so that time does not go back for them. */
  async having(caller: string): Promise<Replica | undefined> {
    const key = keyOf(caller);
    const well = this.all.filter(({ state }) => state === 'ok');
    const replica = well[key.readUInt32BE() % well.length];
    if (replica === undefined) return undefined;
    const { rows } = await execute(this.source.manager, LAST_WRITE, [key]);
    return Number(rows[0]?.[0] ?? 0) <= replica.replayed ? replica : undefined;
  }

  /** What these callers have written is committed. Their next reads need it. */
  async noteWrite(callers: readonly string[]): Promise<void> {
    try {
      await execute(this.source.manager, NOTE, [callers.map(keyOf)]);
    } catch (error) {
      this.logger.warn(`A write was not noted for the replicas: ${(error as Error).message}`);
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.areUsed) return;
    this.probe = new Probe(this.config.databaseUrl, POSITION);
    await this.examine();
    void this.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isOver = true;
    this.probe?.end();
    const ended = Promise.all(this.all.map((replica) => replica.end()));
    await Promise.race([ended, sleep(END_WITHIN_MS, undefined, { ref: false })]); // one that is frozen says no goodbye
  }

  private async watch(): Promise<void> {
    for (;;) {
      await sleep(PROBE_EVERY_MS, undefined, { ref: false });
      if (this.isOver) return;
      await this.examine();
    }
  }

  private async examine(): Promise<void> {
    const answered = this.probe?.ask().then(({ position }) => this.primary.add(Number(position), performance.now()));
    await answered?.catch(() => {}); // what it has written before is known
    await Promise.all(this.all.map((replica) => replica.examine(this.primary)));
    if (this.isOver) return;
    for (const [i, replica] of this.all.entries()) if (replica.state !== this.told[i]) this.tell(i, replica);
  }

  private tell(i: number, { state, problem }: Replica): void {
    this.told[i] = state;
    const name = `Replica ${i + 1} of ${this.all.length}`;
    if (state === 'ok') this.logger.log(`${name} is read`);
    else this.logger.warn(`${name} is left out until it is well (${state}): ${problem}`);
  }
}

/** Of a size, and no address to be read in a dump. */
const keyOf = (caller: string): Buffer => createHash('sha256').update(caller).digest();
