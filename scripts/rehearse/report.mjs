// Turns what goes wrong during a rehearsal into findings, with the migration and the statement that cause it.
import { isBusy, isLocked, short } from './answers.mjs';
import { culprit } from './blame.mjs';
import { Findings } from './findings.mjs';
import { Observer } from './observer.mjs';
import { LONGEST_WAIT_MS, WaitRecords } from './waits.mjs';

export class Report {
  findings = new Findings();
  waits = new WaitRecords();
  /** Whether migrations are being applied (`up`) or undone (`down`). */
  way = 'up';
  #known = new Set(); // what has failed before, and is not caused by the next migration

  constructor() {
    this.observer = new Observer((sentence, { text }) => this.#stops(sentence, text));
  }

  fail(sentence, statement = this.observer.statement) {
    this.findings.add(sentence, { migration: this.observer.name, statement, way: this.way });
  }

  /**
   * Reports a failure that was found after the migration: any of its statements may have caused it. `table` is the table
   * of the failure, if known, and `about` a sentence that names what fails.
   */
  failAfter(sentence, { table, about = sentence } = {}) {
    this.fail(sentence, culprit(this.observer.statements, about, table));
  }

  /** Reports such a failure, unless one with this key is known already. */
  once(key, sentence, where) {
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.failAfter(sentence, where);
  }

  /** Notes that it is not known whether the old build can still do this with existing rows. */
  unchecked(table, action, why) {
    const sentence = `whether the old build ${action} all rows of ${table} could not be checked: ${why}`;
    this.findings.note(sentence, { migration: this.observer.name });
  }

  /** Makes `once` ignore these keys: no migration causes them. */
  accept(keys) {
    for (const key of keys) this.#known.add(key);
  }

  /** Reports a request of the load that failed. */
  failedRequest(program, what, { status, body }) {
    if (isBusy(status, body)) return this.findings.note('the machine was too busy for some requests of the load');
    const reason = program.lastReason;
    const route = what.replace(/\d+/g, 'N').replace(/\?.*/, '');
    if (isLocked(status, body)) return this.waits.refuse(route, this.observer);
    return this.once(
      `load ${program.name} ${route}`,
      `${program.name} answers ${route} with ${status} ${short(body)} meanwhile${reason ? ` (${reason})` : ''}`,
      { about: `${route} ${reason}` },
    );
  }

  failedStatement({ table, action }, { message }) {
    this.once(`load ${table} ${action}`, `the old build ${action} ${table} meanwhile: ${message}`, { table });
  }

  waited(wait) {
    this.waits.add(wait, this.observer);
  }

  queued({ ms }) {
    const sentence = 'requests waited behind it while it waited for a lock, until its lock_timeout';
    if (ms > LONGEST_WAIT_MS) this.findings.note(sentence, { migration: this.observer.name });
  }

  /** Adds the long waits to the findings and returns all findings. Call it at the end. */
  judge() {
    for (const { name, way, runs, hits } of this.waits.all()) {
      if (hits.length === 0) continue;
      const { ms, query, statement } = hits[0];
      const what = ms === undefined ? 'gets a 503 because of its locks' : `waits ${Math.round(ms)} ms for its lock`;
      const sentence = `a request ${what}: ${query.replace(/\s+/g, ' ').slice(0, 120)}`;
      if (way === 'up' && (hits.length > 1 || runs === 1))
        this.findings.add(sentence, { migration: name, way, statement });
      else this.findings.note(`${sentence} (${way}, ${hits.length} of ${runs} times)`, { migration: name });
    }
    return this.findings;
  }

  compareSchemas(before, now) {
    for (const line of before) if (!now.has(line)) this.findings.note(`after the undo, the schema lacks: ${line}`);
    for (const line of now) if (!before.has(line)) this.findings.note(`after the undo, the schema still has: ${line}`);
  }

  /**
   * Reports a statement that blocks requests. When a migration is undone it is only a note: the operator chooses the
   * time.
   */
  #stops(sentence, statement) {
    if (this.way === 'up') this.fail(sentence, statement);
    else this.findings.note(`when undone, it ${sentence}`, { migration: this.observer.name });
  }
}
