// The rehearsal itself. Applies, undoes and reapplies the migrations while builds serve, and runs all checks after each
// migration.
import { failures } from './answers.mjs';
import { documentOf, HERE, takeBaseline } from './baseline.mjs';
import { withoutDeclared } from './declared.mjs';
import { Load } from './load.mjs';
import { OldBuild } from './old-build.mjs';
import { startNew } from './programs.mjs';
import { Report } from './report.mjs';
import { smoke } from './smoke.mjs';
import { schemaOf, unfinished } from './snapshots.mjs';
import { statementsOf } from './statements.mjs';
import { Steps } from './steps.mjs';
import { compare, Touch } from './tables.mjs';
import { LockWaits } from './waits.mjs';

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
    if (rehearsal.names.length > 0) await rehearsal.run().catch((error) => rehearsal.fail(error));
  } finally {
    await rehearsal.end();
  }
  return rehearsal;
}

class Rehearsal {
  names = [];
  /** The statements and their durations, for the report. */
  statements = [];
  report = new Report();

  constructor({ url, old, dataDir, baseline, added = [], untilFailure = false, log = () => {} }) {
    Object.assign(this, { url, old, dataDir, baseline, untilFailure, log });
    this.steps = new Steps(url, this.report.observer, added);
    this.newDocument = documentOf(HERE);
  }

  async begin() {
    this.names = await this.steps.pending();
    if (this.names.length === 0) return;
    this.log('The old build serves. Sending its requests twice, to compare the responses');
    this.baseline ??= await takeBaseline(this);
    this.baseline = await withoutDeclared(this.url, this.baseline, this.steps.declared(this.names));
    this.report.observer.used = new Set(this.baseline.used.map(({ name }) => name));
    this.build = new OldBuild(this, this.baseline, this.report);
    await this.build.start();
  }

  async run() {
    const { report, build } = this;
    this.load = new Load(this.baseline.tokens, (...failed) => report.failedRequest(...failed));
    this.load.add(build.app);
    if ((await this.#lacking()).length === 0) await this.#startNew();
    else this.log('The new build needs the new schema, and starts after the migrations');
    const { sql, sqlBefore } = this.baseline;
    this.touch = new Touch(this.url, sql, sqlBefore, (...failed) => report.failedStatement(...failed));
    this.watch = await LockWaits.watch(this.url, {
      seen: (wait) => report.waited(wait),
      queued: (wait) => report.queued(wait),
      overheadMs: () => report.observer.overheadMs,
    });
    if (await this.#up()) {
      await this.#newBuild();
      if (!this.#isOver && (await this.#down()) && !this.#isOver) await this.#again();
    }
    for (const what of await unfinished(this.url)) report.findings.note(what);
  }

  async end() {
    await this.load?.end();
    await this.touch?.end();
    await this.watch?.end();
    await Promise.all([this.build?.app?.stop(), this.newApp?.stop()]);
  }

  /** Reports what made the rehearsal impossible, such as a database that refuses connections. */
  fail(error) {
    this.log(error.stack);
    this.report.fail(`the rehearsal cannot continue after it: ${error.message}`);
  }

  /** Returns all findings. Call it at the end. */
  judge() {
    return this.report.judge();
  }

  get #isOver() {
    return this.untilFailure && this.report.findings.failures.length > 0;
  }

  /** Applies each migration, and checks the old build after each. Returns false if one fails. */
  async #up() {
    for (const name of this.names) {
      this.report.observer.committed = (statement) => this.build.lookBetween(statement);
      if (!(await this.#step('up', name)) || this.#isOver) return false;
      this.report.observer.committed = async () => {};
      await this.#quietly(async () => {
        await this.build.checkBetween();
        await this.build.checkRows();
        await this.build.check(this.load);
        await this.build.checkStart();
      });
      if (this.#isOver) return false;
    }
    await this.steps.migrateQueue();
    await this.build.acceptSettings();
    return true;
  }

  async #newBuild() {
    const { findings } = this.report;
    const lacking = await this.#lacking();
    for (const what of lacking) findings.add(`the new build needs ${what}, which no migration creates`, {});
    if (lacking.length > 0) return;
    if (this.newApp === undefined) await this.#startNew();
    const statements = await statementsOf(this.url, this.baseline.newTables);
    await this.#quietly(async () => {
      await this.#checkNew('the new build');
      const { sql, sqlBefore } = this.baseline;
      const refused = new Set(
        sql.filter((_, at) => sqlBefore.results[at].error).map(({ table, action }) => `${table} ${action}`),
      );
      for (const { table, action, why, text } of await compare(this.url, statements))
        if (!refused.has(`${table} ${action}`))
          findings.add(`the new build ${action} ${table}: ${why}`, { statement: text });
      await this.build.check(this.load, 'after the new build has written, ');
    });
  }

  async #checkNew(who) {
    for (const { name, why } of failures(await smoke(this.newApp, this.newDocument, this.baseline.tokens)))
      this.report.findings.add(`${who}: ${name}: ${why}`, {});
  }

  /**
   * Undoes the migrations, the last first, while the old build serves. The new build is stopped, because it needs the
   * new schema.
   */
  async #down() {
    await this.#stopNew();
    for (const [at, name] of this.names.entries().toArray().toReversed()) {
      if (!(await this.#step('down', name))) return false;
      await this.#quietly(() => this.build.checkRowsAfterUndo(at));
    }
    await this.#quietly(async () => {
      await this.build.check(this.load, 'after all were undone, ');
      await this.build.checkStart('after all were undone, ');
    });
    this.report.compareSchemas(this.baseline.schema, await schemaOf(this.url));
    return true;
  }

  /**
   * Applies the migrations again, as after a fixed mistake. Repeats both directions if a long wait occurred only once.
   */
  async #again() {
    for (const name of this.names) if (!(await this.#step('up', name))) return;
    if ((await this.#lacking()).length === 0) {
      await this.#startNew();
      await this.#quietly(() => this.#checkNew('the new build, after all were undone and applied again'));
    }
    for (let cycle = 1; cycle < MOST_CYCLES && this.report.waits.areDoubtful; cycle++) {
      await this.#stopNew();
      for (const name of this.names.toReversed()) if (!(await this.#step('down', name))) return;
      for (const name of this.names) if (!(await this.#step('up', name))) return;
    }
  }

  async #step(way, name) {
    const { report } = this;
    report.way = way;
    report.observer.name = name;
    const began = performance.now();
    const waits = report.waits.begin(name, way);
    try {
      await (way === 'up' ? this.steps.apply(name) : this.steps.undo(name));
    } catch (error) {
      report.fail(`it fails${waits.runs > 1 ? ' when it is tried again' : ''}: ${error.message}`);
      return false;
    } finally {
      report.waits.end();
    }
    this.statements.push({ way, name, statements: report.observer.statements });
    this.log(`${way === 'up' ? 'Applied' : 'Undone '} ${name} in ${Math.round(performance.now() - began)} ms`);
    return true;
  }

  /** Runs `work` while nothing else sends requests or statements. */
  #quietly(work) {
    return this.load.quietly(() => this.touch.quietly(work));
  }

  async #startNew() {
    this.newApp = await startNew(this.url, this.dataDir);
    this.stopNewLoad = this.load.add(this.newApp);
    await this.build.acceptSettings();
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
    return this.baseline.newTables
      .flatMap(({ name, columns: needed }) => needed.map((column) => `${name}.${column.name}`))
      .filter((name) => !columns.has(name));
  }
}
