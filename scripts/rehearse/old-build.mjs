// The old build during a rehearsal. After each step it has to work as it did before the first one.
import { join } from 'node:path';
import { differences } from './answers.mjs';
import { brokenTrail } from './baseline.mjs';
import { refusedRows } from './existing-rows.mjs';
import { changedResults } from './index-functions.mjs';
import { startOld, startsAgain } from './programs.mjs';
import { moreReads, sequentialReads } from './reads.mjs';
import { smoke } from './smoke.mjs';
import { losses, snapshot } from './snapshots.mjs';
import { compare } from './tables.mjs';
import { gaps, neglects, upkeepOf } from './upkeep.mjs';
import { waitingPairs } from './writers.mjs';

export class OldBuild {
  /** The rows before the first migration, and after each one. */
  snapshots;
  /** What was missing after single statements of the present migration, with the first such statement. */
  #gaps = new Map();
  #former; // the state of indexes and the like before the present migration

  /** `baseline` is how the build worked before: see takeBaseline. */
  constructor({ url, old, dataDir }, baseline, report) {
    Object.assign(this, { url, old, dataDir, baseline, report });
    this.snapshots = [baseline.snapshot];
    this.#former = baseline.upkeep;
  }

  async start() {
    this.app = await startOld(join(this.old, 'dist'), this.url, this.dataDir);
  }

  /** Records what is missing after a statement that was committed before the end of its migration. */
  async lookBetween({ text }) {
    for (const gap of gaps(this.#former, await this.#upkeep())) if (!this.#gaps.has(gap)) this.#gaps.set(gap, text);
  }

  /** Reports what was missing for a while. The other checks find what is missing at the end of a migration. */
  async checkBetween() {
    const now = await this.#upkeep();
    const still = new Set(gaps(this.#former, now));
    for (const [gap, text] of this.#gaps)
      if (!still.has(gap)) this.report.fail(`until a later statement, ${gap}`, text);
    this.#gaps.clear();
    this.#former = now;
  }

  /** Checks everything. `migration` was just applied, unless `when` says something else. */
  async check(load, when = '') {
    await this.#checkState(when);
    await this.#checkStatements(when);
    await this.#checkAnswers(when);
    for (const loss of await load.lost(this.app)) this.report.once(loss, when + loss);
  }

  /** Reports the rows that the migration that was just applied has lost or changed. */
  async checkRows() {
    const now = await snapshot(this.url, this.baseline.frozen);
    for (const loss of losses(this.snapshots.at(-1), now)) this.report.failAfter(loss);
    this.snapshots.push(now);
  }

  /** Reports the rows that have been lost since the first migrations, of the given number, were applied. */
  async checkRowsAfterUndo(number) {
    const now = await snapshot(this.url, this.baseline.frozen);
    for (const loss of losses(this.snapshots[number], now)) this.report.failAfter(loss);
  }

  /** Starts another process of the old build. */
  async checkStart(when = '') {
    const refusal = await startsAgain(join(this.old, 'dist'), this.url, this.dataDir);
    if (refusal !== undefined) this.report.once('start', `${when}the old build does not start again: ${refusal}`);
  }

  /** Accepts the present settings: a starting build, or pg-boss, has changed them, and no migration. */
  async acceptSettings() {
    this.report.accept(neglects(this.baseline.upkeep, await this.#upkeep()));
  }

  async #checkState(when) {
    for (const what of neglects(this.baseline.upkeep, await this.#upkeep())) this.report.once(what, when + what);
    for (const { table, name, why, isUnchecked } of await changedResults(this.url, this.baseline.functions))
      if (isUnchecked) this.report.unchecked(table, 'finds', why);
      else this.report.once(`function ${name}`, when + why, { table });
    const trail = this.baseline.hasTrail ? await brokenTrail(this) : undefined;
    if (trail !== undefined) this.report.once('audit trail', `${when}the audit trail is broken: ${trail}`);
  }

  async #checkStatements(when) {
    const { sql, sqlBefore, pairs, rules, oldTables } = this.baseline;
    const broken = await compare(this.url, sql, sqlBefore);
    for (const { table, action, why } of broken) this.#tell(table, action, when, why);
    const isSuch = (table, action) => (one) => one.table === table && one.action === action;
    const works = (table, action) =>
      sql.some((one, at) => isSuch(table, action)(one) && !sqlBefore.results[at].error) &&
      !broken.some(isSuch(table, action));
    const refused = await refusedRows(this.url, oldTables, rules, works);
    for (const { table, action, why, isUnchecked } of refused)
      if (isUnchecked) this.report.unchecked(table, action, why);
      else this.#tell(table, action, when, why);
    for (const { table, action } of await waitingPairs(this.url, pairs))
      this.#tell(table, action, when, 'each one waits until the transaction of the one before has ended');
  }

  #upkeep() {
    return upkeepOf(this.url, this.baseline.used, this.#former);
  }

  #tell(table, action, when, why) {
    this.report.once(`${table} ${action}`, `${when}the old build ${action} ${table}: ${why}`, { table });
  }

  async #checkAnswers(when) {
    const { answers, snapshot: atFirst } = this.baseline;
    const { answer, reads } = await this.#smoke();
    if (this.app.lastWords !== undefined) throw new Error(`The old build has ended: ${this.app.lastWords}`);
    for (const { name, why, status } of differences(answers, answer)) {
      const reason = status >= 500 ? this.app.lastReason : undefined;
      const sentence = `${when}the old build: ${name}: ${why}${reason ? ` (${reason})` : ''}`;
      this.report.once(name, sentence, { about: `${name} ${status >= 500 ? reason : why}` });
    }
    for (const { table, sentence } of await this.#confirmed(moreReads(this.baseline.reads, reads, atFirst)))
      this.report.once(`reads ${table}`, when + sentence, { table });
  }

  /** Keeps the findings that occur a second time. The first may have been caused by a clean-up. */
  async #confirmed(more) {
    if (more.length === 0) return more;
    const { reads } = await this.#smoke();
    const again = new Set(moreReads(this.baseline.reads, reads, this.baseline.snapshot).map(({ table }) => table));
    return more.filter(({ table }) => again.has(table));
  }

  #smoke() {
    return sequentialReads(this.url, () => smoke(this.app, this.baseline.document, this.baseline.tokens));
  }
}
