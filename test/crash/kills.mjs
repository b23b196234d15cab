import { setTimeout as sleep } from 'node:timers/promises';

/** How often each kind is killed. */
const WEIGHTS = {
  'worker of the API': 0.35,
  'database backend': 0.25,
  'worker of jobs': 0.2,
  'the whole API': 0.1,
  postmaster: 0.1,
};
const RECOVERY_WITHIN_MS = 30_000;
const PAUSE_MS = 600;
const UNFINISHED = `select id from pgboss.job where name = 'order-confirmation' and state = 'active'`;
const LEFT = `select 1 from pgboss.job where id = any($1::uuid[]) and state <> 'completed'`;

/** Kills processes at random, and measures the time until a write that began afterwards is acknowledged. */
export class Kills {
  /** The milliseconds of each recovery, by kind. */
  recoveries = Object.fromEntries(Object.keys(WEIGHTS).map((kind) => [kind, []]));
  /** The milliseconds until another worker had done the jobs of a killed worker. */
  redeliveries = [];
  /** The kinds of kills after which no write was acknowledged within the deadline. */
  failures = [];
  count = 0;
  #watched = [];

  constructor(system, random) {
    Object.assign(this, { system, random, newest: 0 });
  }

  /** Records that a write was acknowledged. `began` is the time when it was sent. */
  acknowledged(began) {
    if (began > this.newest) this.newest = began;
  }

  async one() {
    const kind = this.random.among(WEIGHTS);
    const killed = performance.now();
    if (!(await this.system.kill(kind, this.random))) return;
    this.count++;
    if (kind === 'worker of jobs') this.#watched.push(this.#redelivery(killed));
    await this.#recovery(kind, killed);
    await sleep(this.random.between(0, PAUSE_MS));
  }

  async finished() {
    await Promise.all(this.#watched);
  }

  async #recovery(kind, killed) {
    while (this.newest <= killed) {
      if (performance.now() - killed > RECOVERY_WITHIN_MS) {
        this.failures.push(kind);
        return;
      }
      await sleep(5);
    }
    this.recoveries[kind].push(performance.now() - killed);
  }

  async #redelivery(killed) {
    const rows = await this.system.query(UNFINISHED).catch(() => []);
    const ids = rows.map(({ id }) => id);
    while (ids.length > 0 && performance.now() - killed < RECOVERY_WITHIN_MS * 2) {
      const left = await this.system.query(LEFT, [ids]).catch(() => [{}]);
      if (left.length === 0) {
        this.redeliveries.push(performance.now() - killed);
        return;
      }
      await sleep(100);
    }
  }
}
