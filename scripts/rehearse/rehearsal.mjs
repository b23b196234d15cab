// The rehearsal itself. Applies, undoes and reapplies the migrations while builds serve, and runs all checks after each
// migration.
import { join } from 'node:path';
import { differences, failures, isBusy, short } from './answers.mjs';
import { brokenTrail, documentOf, HERE, takeBaseline } from './baseline.mjs';
import { Findings } from './findings.mjs';
import { Load } from './load.mjs';
import { Observer } from './observer.mjs';
import { startNew, startOld, startsAgain } from './programs.mjs';
import { moreReads, sequentialReads } from './reads.mjs';
import { smoke } from './smoke.mjs';
import { losses, schemaOf, snapshot, unfinished } from './snapshots.mjs';
import { statementsOf } from './statements.mjs';
import { Steps } from './steps.mjs';
import { compare, Touch } from './tables.mjs';
import { neglects, upkeepOf } from './upkeep.mjs';
import { LockWaits, LONGEST_WAIT_MS, WaitRecords } from './waits.mjs';

/** The maximum number of runs. The length of a wait can be chance, so a long wait has to occur twice. */
const MOST_CYCLES = 3;

/**
 * Rehearses the migrations on a prepared database. `old` is the folder of the old build. `added` has migrations in
 * addition to those of this build. `untilFailure` stops at the first migration that fails.
 */
export async function rehearse(given) {
  const rehearsal = new Rehearsal(given);
  try {
    await rehearsal.begin();
    if (rehearsal.names.length > 0) await rehearsal.run();
  } finally {
    await rehearsal.end();
  }
  return rehearsal;
}

class Rehearsal {
  findings = new Findings();
  names = [];
  /** The statements and their durations, for the report. */
  statements = [];
  #waits = new WaitRecords();
  #known = new Set(); // what has failed before, and is not caused by the next migration
  #way = 'up';

  constructor({ url, old, dataDir, baseline, added = [], untilFailure = false, log = () => {} }) {
    Object.assign(this, { url, old, dataDir, baseline, untilFailure, log });
    this.observer = new Observer((sentence, { text }) => this.#stops(sentence, text));
    this.steps = new Steps(url, this.observer, added);
    this.newDocument = documentOf(HERE);
  }

  async begin() {
    this.names = await this.steps.pending();
    if (this.names.length === 0) return;
    this.log('The old build serves. Sending its requests twice, to compare the responses');
    Object.assign(this, this.baseline ?? (await takeBaseline(this)));
    this.snapshots = [this.snapshot];
    this.oldApp = await startOld(join(this.old, 'dist'), this.url, this.dataDir);
  }

  async run() {
    this.load = new Load(this.tokens, (program, what, answer) => this.#failed(program, what, answer));
    this.load.add(this.oldApp);
    if ((await this.#lacking()).length === 0) await this.#startNew();
    else this.log('The new build needs the new schema, and starts after the migrations');
    this.touch = new Touch(this.url, this.sql, this.sqlBefore, (statement, { message }) =>
      this.#failedStatement(statement, message),
    );
    this.watch = await LockWaits.watch(
      this.url,
      (wait) => this.#waits.add(wait, this.observer),
      (wait) => this.#queued(wait),
    );
    if (await this.#up()) {
      await this.#newBuild();
      if (!this.#isOver && (await this.#down()) && !this.#isOver) await this.#again();
    }
    for (const what of await unfinished(this.url)) this.findings.note(what);
  }

  async end() {
    await this.load?.end();
    await this.touch?.end();
    await this.watch?.end();
    await Promise.all([this.oldApp?.stop(), this.newApp?.stop()]);
  }

  get #isOver() {
    return this.untilFailure && this.findings.failures.length > 0;
  }

  /** Applies each migration, and checks the old build after each. Returns false if one fails. */
  async #up() {
    for (const name of this.names) {
      if (!(await this.#step('up', name, () => this.steps.apply(name))) || this.#isOver) return false;
      await this.#quietly(async () => {
        await this.#checkOld(name);
        await this.#checkStart();
      });
      if (this.#isOver) return false;
    }
    await this.steps.migrateQueue();
    return true;
  }

  async #newBuild() {
    const lacking = await this.#lacking();
    for (const what of lacking) this.findings.add(`the new build needs ${what}, which no migration creates`, {});
    if (lacking.length > 0) return;
    if (this.newApp === undefined) await this.#startNew();
    const statements = await statementsOf(this.url, this.newTables);
    await this.#quietly(async () => {
      const answers = await smoke(this.newApp, this.newDocument, this.tokens);
      for (const { name, why } of failures(answers)) this.findings.add(`the new build: ${name}: ${why}`, {});
      const refused = new Set(
        this.sql.filter((_, at) => this.sqlBefore.results[at].error).map(({ table, action }) => `${table} ${action}`),
      );
      for (const { table, action, why, text } of await compare(this.url, statements))
        if (!refused.has(`${table} ${action}`))
          this.findings.add(`the new build ${action} ${table}: ${why}`, { statement: text });
      await this.#checkOld(this.names.at(-1), 'after the new build has written, ');
    });
  }

  /**
   * Undoes the migrations, the last first, while the old build serves. The new build is stopped, because it needs the
   * new schema.
   */
  async #down() {
    await this.#stopNew();
    for (const [at, name] of this.names.entries().toArray().toReversed()) {
      if (!(await this.#step('down', name, () => this.steps.undo(name)))) return false;
      await this.#quietly(async () => {
        for (const loss of losses(this.snapshots[at], await snapshot(this.url, this.oldTables))) this.#fail(loss);
      });
    }
    await this.#quietly(async () => {
      await this.#checkOld(undefined, 'after all were undone, ');
      await this.#checkStart('after all were undone, ');
    });
    this.#compareSchemas(await schemaOf(this.url));
    return true;
  }

  /**
   * Applies the migrations again, as after a fixed mistake. Repeats both directions if a long wait occurred only once.
   */
  async #again() {
    for (const name of this.names) if (!(await this.#step('up', name, () => this.steps.apply(name)))) return;
    if ((await this.#lacking()).length === 0) {
      await this.#startNew();
      await this.#quietly(async () => {
        for (const { name, why } of failures(await smoke(this.newApp, this.newDocument, this.tokens)))
          this.findings.add(`the new build, after all were undone and applied again: ${name}: ${why}`, {});
      });
    }
    for (let cycle = 1; cycle < MOST_CYCLES && this.#waits.areDoubtful; cycle++) {
      await this.#stopNew();
      for (const name of this.names.toReversed())
        if (!(await this.#step('down', name, () => this.steps.undo(name)))) return;
      for (const name of this.names) if (!(await this.#step('up', name, () => this.steps.apply(name)))) return;
    }
  }

  async #step(way, name, work) {
    this.#way = way;
    this.observer.name = name;
    const began = performance.now();
    const waits = this.#waits.begin(name, way);
    try {
      await work();
    } catch (error) {
      this.#fail(`it fails${waits.runs > 1 ? ' when it is tried again' : ''}: ${error.message}`);
      return false;
    } finally {
      this.#waits.end();
    }
    this.statements.push({ way, name, statements: this.observer.statements });
    this.log(`${way === 'up' ? 'Applied' : 'Undone '} ${name} in ${Math.round(performance.now() - began)} ms`);
    return true;
  }

  /** Starts another process of the old build. */
  async #checkStart(when = '') {
    const refusal = await startsAgain(join(this.old, 'dist'), this.url, this.dataDir);
    if (refusal !== undefined) this.#once('start', `${when}the old build does not start again: ${refusal}`);
  }

  async #checkOld(migration, when = '') {
    const now = await snapshot(this.url, this.oldTables);
    if (migration !== undefined && when === '') {
      for (const loss of losses(this.snapshots.at(-1), now)) this.#fail(loss);
      this.snapshots.push(now);
    }
    for (const what of neglects(this.upkeep, await upkeepOf(this.url))) this.#once(what, when + what);
    const trail = this.hasTrail ? await brokenTrail(this) : undefined;
    if (trail !== undefined) this.#once('audit trail', `${when}the audit trail is broken: ${trail}`);
    for (const { table, action, why } of await compare(this.url, this.sql, this.sqlBefore))
      this.#once(`${table} ${action}`, `${when}the old build ${action} ${table}: ${why}`, this.#blamed(table));
    const { answer, reads } = await this.#smokeOld();
    if (this.oldApp.lastWords !== undefined) throw new Error(`The old build has ended: ${this.oldApp.lastWords}`);
    for (const { name, why, status } of differences(this.answers, answer)) {
      const reason = status >= 500 ? this.oldApp.lastReason : undefined;
      this.#once(name, `${when}the old build: ${name}: ${why}${reason ? ` (${reason})` : ''}`);
    }
    for (const { table, sentence } of await this.#confirmed(moreReads(this.reads, reads, this.snapshots[0])))
      this.#once(`reads ${table}`, when + sentence, this.#blamed(table));
    for (const loss of await this.load.lost(this.oldApp)) this.#once(loss, when + loss);
  }

  /** Keeps the findings that occur a second time. The first may have been caused by a clean-up. */
  async #confirmed(more) {
    if (more.length === 0) return more;
    const { reads } = await this.#smokeOld();
    const again = new Set(moreReads(this.reads, reads, this.snapshots[0]).map(({ table }) => table));
    return more.filter(({ table }) => again.has(table));
  }

  /** Runs `work` while nothing else sends requests or statements. */
  #quietly(work) {
    return this.load.quietly(() => this.touch.quietly(work));
  }

  #smokeOld() {
    return sequentialReads(this.url, () => smoke(this.oldApp, this.document, this.tokens));
  }

  async #startNew() {
    this.newApp = await startNew(this.url, this.dataDir);
    this.stopNewLoad = this.load.add(this.newApp);
  }

  async #stopNew() {
    await this.stopNewLoad?.();
    await this.newApp?.stop();
    this.newApp = undefined;
  }

  /** Returns the columns that entities of the new build name and that the database does not have. */
  async #lacking() {
    const has = await schemaOf(this.url);
    const columns = new Set([...has].map((what) => /^column (\S+)/.exec(what)?.[1]));
    return this.newTables
      .flatMap(({ name, columns: needed }) => needed.map((column) => `${name}.${column.name}`))
      .filter((name) => !columns.has(name));
  }

  #queued({ ms }) {
    const sentence = 'requests waited behind it while it waited for a lock, until its lock_timeout';
    if (ms > LONGEST_WAIT_MS) this.findings.note(sentence, { migration: this.observer.name });
  }

  /** Adds the long waits to the findings and returns all findings. Call it at the end. */
  judge() {
    for (const { name, way, runs, hits } of this.#waits.all()) {
      if (hits.length === 0) continue;
      const { ms, query, statement } = hits[0];
      const sentence = `a request waits ${Math.round(ms)} ms for its lock: ${query.replace(/\s+/g, ' ').slice(0, 120)}`;
      if (way === 'up' && (hits.length > 1 || runs === 1))
        this.findings.add(sentence, { migration: name, way, statement });
      else this.findings.note(`${sentence} (${way}, ${hits.length} of ${runs} times)`, { migration: name });
    }
    return this.findings;
  }

  #failed(program, what, { status, body }) {
    if (isBusy(status, body)) return this.findings.note('the machine was too busy for some requests of the load');
    const reason = program.lastReason;
    const route = what.replace(/\d+/g, 'N').replace(/\?.*/, '');
    return this.#once(
      `load ${program.name} ${route}`,
      `${program.name} answers ${route} with ${status} ${short(body)} meanwhile${reason ? ` (${reason})` : ''}`,
    );
  }

  #failedStatement({ table, action }, message) {
    this.#once(
      `load ${table} ${action}`,
      `the old build ${action} ${table} meanwhile: ${message}`,
      this.#blamed(table),
    );
  }

  /**
   * Reports a statement that blocks requests. When a migration is undone it is only a note: the operator chooses the
   * time.
   */
  #stops(sentence, statement) {
    if (this.#way === 'up') this.#fail(sentence, statement);
    else this.findings.note(`when undone, it ${sentence}`, { migration: this.observer.name });
  }

  #once(key, sentence, statement) {
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#fail(sentence, statement);
  }

  #fail(sentence, statement = this.observer.statement) {
    this.findings.add(sentence, { migration: this.observer.name, statement, way: this.#way });
  }

  /** Returns the last statement of the migration that names the table, or else its last statement. */
  #blamed(table) {
    return (
      this.observer.statements.findLast(({ text }) => new RegExp(`\\b${table}\\b`).test(text))?.text ??
      this.observer.statement
    );
  }

  #compareSchemas(now) {
    for (const line of this.schema) if (!now.has(line)) this.findings.note(`after the undo, the schema lacks: ${line}`);
    for (const line of now)
      if (!this.schema.has(line)) this.findings.note(`after the undo, the schema still has: ${line}`);
  }
}
