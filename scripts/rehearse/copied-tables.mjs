// Finds tables that a migration copies and then drops or renames, to replace them. Without a lock, or a trigger that
// writes to both, it loses the rows that others write after the copy was made. There may be none during a rehearsal.

/** A statement or several that read this part of a table copy it. */
const COPIED_PART = 0.5;

export class CopiedTables {
  /** The names of the tables that the old build uses. */
  used = new Set();
  #found;
  #sizes;
  #read = new Map(); // the rows that were read without a lock by statements that insert, by table
  #triggers = new Map(); // the number of triggers before the migration, by table
  #written = new Set(); // tables that have got a trigger meanwhile
  #gone = new Map(); // the statements that dropped or renamed copied tables, by name

  /** `sizes` has the rows of each table before the migrations. Calls `found` as an Observer does. */
  constructor(found, sizes) {
    this.#found = found;
    this.#sizes = sizes;
  }

  begin() {
    for (const known of [this.#read, this.#triggers, this.#written, this.#gone]) known.clear();
  }

  /** Judges what a statement has done between two states of its transaction. */
  judge(statement, before, after) {
    for (const [oid, { name, triggers, read }] of before.tables) {
      if (!this.used.has(name) || !this.#sizes.has(oid)) continue;
      if (!this.#triggers.has(oid)) this.#triggers.set(oid, triggers);
      const now = after.tables.get(oid);
      if (now?.triggers > this.#triggers.get(oid)) this.#written.add(oid);
      if (now?.name === name) this.#count(oid, now.read - read, before, after);
      else if (this.#isCopied(oid)) this.#gone.set(name, statement);
    }
    for (const name of namesOf(after)) this.#judgeReplaced(name);
  }

  /** A view of that name is no copy. */
  #judgeReplaced(name) {
    const statement = this.#gone.get(name);
    if (statement === undefined) return;
    this.#gone.delete(name);
    this.#found(`replaces ${name} by a copy: what others write to it after it was copied is lost`, statement);
  }

  #count(oid, rows, before, after) {
    const isLocked = before.locks.some(([locked]) => locked === oid);
    if (rows <= 0 || isLocked || !hasInserted(before, after)) return;
    this.#read.set(oid, (this.#read.get(oid) ?? 0) + rows);
  }

  #isCopied(oid) {
    const rows = this.#read.get(oid) ?? 0;
    return rows > 0 && rows >= this.#sizes.get(oid) * COPIED_PART && !this.#written.has(oid);
  }
}

/** Returns whether rows were inserted between the states, also into a table that was created by the same statement. */
const hasInserted = (before, after) =>
  [...after.tables].some(([oid, { inserted }]) => inserted > (before.tables.get(oid)?.inserted ?? 0));

const namesOf = ({ tables, partitioned = [] }) => [...[...tables.values()].map(({ name }) => name), ...partitioned];
