// Judges how many rows the transactions of a migration change. Requests that change one of these rows wait until the
// transaction ends.
import { GROWING, MANY } from './sizes.mjs';

/**
 * The largest part of a growing table that a transaction may change, unless it is one of several batches. Of a small
 * rehearsal's rows, few may be many in production.
 */
const LARGEST_PART = 0.1;
/** Texts, and words that tell which rows a statement writes. One row for each of them is no limit. */
const WORDS = /'(?:[^']|'')*'|[()]|\b(?:set|from|where|returning)\b|\blimit\b(?!\s+1\b)/gi;
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
/** A list of values. The last batch may have fewer. */
const LIST = /('?0'?)(?:\s*,\s*\1)+/g;

export class ChangedRows {
  #found;
  #sizes;
  #parts = []; // statements in transactions of their own that have changed a large part of a table

  /** `sizes` has the rows of each table before the migrations. Calls `found` as an Observer does. */
  constructor(found, sizes) {
    this.#found = found;
    this.#sizes = sizes;
  }

  begin() {
    this.#parts = [];
  }

  /** Judges what an open transaction has changed with this statement. */
  judge(statement, open, after) {
    for (const [oid, { name, changed }] of after.tables) {
      const more = changed - (open.before.tables.get(oid)?.changed ?? 0);
      if (more <= 0 || !this.#sizes.has(oid)) continue;
      const was = open.changed.get(oid) ?? 0;
      const rows = was + more;
      open.changed.set(oid, rows);
      const most = Math.min(MANY, GROWING.has(name) ? this.#sizes.get(oid) * LARGEST_PART : MANY);
      if (rows > MANY && was <= MANY)
        this.#found(`locks ${rows} rows of ${name} in one transaction: use batches`, statement);
      else if (rows > most && was <= most) this.#judgePart(statement, open, `${rows} of ${this.#sizes.get(oid)}`, name);
    }
  }

  /** Reports the large parts that were not batches: batches are several similar statements. */
  end(statements) {
    const shapeOf = ({ text }) => text.replaceAll(UUID, '0').replaceAll(/\d+/g, '0').replaceAll(LIST, '$1');
    const shapes = Map.groupBy(statements, shapeOf);
    for (const { statement, sentence } of this.#parts)
      if (shapes.get(shapeOf(statement)).length === 1) this.#found(sentence, statement);
  }

  #judgePart(statement, { isWhole }, part, name) {
    const sentence = `locks ${part} rows of ${name} in one transaction, and more as the table grows: use batches`;
    if (isWhole) this.#found(sentence, statement);
    else if (!isLimited(statement.text)) this.#parts.push({ statement, sentence });
  }
}

/** Returns whether a limit tells how many rows are written. One in a value that is SET does not. */
function isLimited(text) {
  let depth = 0;
  let setAt; // the depth of the SET whose values are read
  for (const [word] of text.matchAll(WORDS)) {
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (/^limit$/i.test(word) && setAt === undefined) return true;
    else if (/^set$/i.test(word)) setAt = depth;
    else if (/^(?:from|where|returning)$/i.test(word) && depth === setAt) setAt = undefined;
    if (depth < setAt) setAt = undefined;
  }
  return false;
}
