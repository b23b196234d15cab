// Measures which requests wait for a lock that a migration holds, and for how long.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** No request may wait longer than this. */
export const LONGEST_WAIT_MS = 200;
const LOOK_EVERY_MS = 20;
const MIGRATION = 'aerie-migrate';

const WAITING = `select l.pid, a.application_name as name, left(a.query, 300) as query, pg_blocking_pids(l.pid) as blockers,
    extract(epoch from clock_timestamp() - l.waitstart) * 1000 as ms
  from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`;
const MIGRATING = `select pid from pg_stat_activity where application_name = $1 and datname = current_database()`;

export class LockWaits {
  #client;
  #isOver = false;
  #looking;

  /**
   * Calls `seen({ ms, query, overheadMs })` each time a request waits for a running migration, and `queued` if that
   * migration waits, too. `overheadMs()` returns how long observing has prolonged the transaction so far.
   */
  static async watch(url, given) {
    const waits = new LockWaits(url, given);
    await waits.#connect();
    waits.#looking = waits.#watch();
    return waits;
  }

  constructor(url, { seen, queued, overheadMs }) {
    Object.assign(this, { url, seen, queued, overheadMs });
  }

  async #connect() {
    this.#client = new pg.Client({ connectionString: this.url, application_name: 'aerie-rehearsal' });
    this.#client.on('error', () => {}); // the next query fails
    await this.#client.connect();
  }

  async end() {
    this.#isOver = true;
    await this.#looking;
    await this.#client.end();
  }

  async #watch() {
    while (!this.#isOver) {
      const overheadMs = this.overheadMs(); // the transaction may have ended when the queries return
      try {
        const { rows } = await this.#client.query(WAITING);
        if (rows.length > 0) await this.#sort(rows, overheadMs);
      } catch {
        await this.#connectAgain();
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** A migration may end the sessions of others, or refuse new ones for a while. */
  async #connectAgain() {
    const connects = () =>
      this.#connect().then(
        () => true,
        () => false,
      );
    while (!this.#isOver && !(await connects())) await sleep(LOOK_EVERY_MS);
  }

  async #sort(waiting, overheadMs) {
    const migrating = new Set((await this.#client.query(MIGRATING, [MIGRATION])).rows.map(({ pid }) => pid));
    const byPid = new Map(waiting.map((one) => [one.pid, one]));
    for (const one of waiting.filter(({ name, ms }) => name !== MIGRATION && ms !== null)) {
      const roots = rootsOf(one, byPid);
      if (!roots.some((pid) => migrating.has(pid))) {
        if (one.blockers.some((pid) => migrating.has(pid))) this.queued({ ms: Number(one.ms) });
        continue;
      }
      this.seen({ ms: Number(one.ms), query: one.query, overheadMs });
    }
  }
}

/** Returns the sessions that block this one and do not wait themselves. */
function rootsOf(one, byPid, known = new Set()) {
  return one.blockers.flatMap((pid) => {
    if (known.has(pid)) return [];
    known.add(pid);
    const next = byPid.get(pid);
    return next === undefined ? [pid] : rootsOf(next, byPid, known);
  });
}

/** Records by migration and direction in how many runs a request waited too long, and the longest wait of each run. */
export class WaitRecords {
  #records = new Map();
  #now;

  begin(name, way) {
    const key = `${name} ${way}`;
    if (!this.#records.has(key)) this.#records.set(key, { name, way, runs: 0, hits: [] });
    this.#now = this.#records.get(key);
    this.#now.runs++;
    this.#now.worst = undefined;
    return this.#now;
  }

  /** Records a wait, without the time that observing the transaction took: the migration did not cause it. */
  add({ ms, query, overheadMs }, observer) {
    const net = ms - Math.max(overheadMs, observer.overheadMs);
    if (net <= LONGEST_WAIT_MS || net <= (this.#now.worst?.ms ?? 0)) return;
    this.#now.worst = { ms: net, query, statement: observer.longestSince(performance.now() - ms) };
  }

  /** Records a request that was refused because of a lock, or a deadlock: the next run may show that it was chance. */
  refuse(query, { statement }) {
    this.#hit({ query, statement });
  }

  end() {
    if (this.#now.worst !== undefined) this.#hit(this.#now.worst);
  }

  /** Counts one hit for each run. A response may arrive after its end. */
  #hit(hit) {
    if (this.#now === undefined) return; // the load begins before the first migration
    if (this.#now.lastHit === this.#now.runs) return;
    this.#now.lastHit = this.#now.runs;
    this.#now.hits.push(hit);
  }

  all() {
    return [...this.#records.values()];
  }

  /** Whether a long wait occurred only once, so that it may be chance. */
  get areDoubtful() {
    return this.all().some(({ way, hits }) => way === 'up' && hits.length === 1);
  }
}
