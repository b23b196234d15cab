// Collects the findings of each migration, without duplicates.

const MOST = 8;

export class Findings {
  failures = [];
  notes = [];
  #known = new Set();

  /** Adds a failure. `where` has the migration, the statement and the direction (`way`: `up` or `down`). */
  add(sentence, where) {
    this.#put(this.failures, sentence, where);
  }

  /** Adds information that is not a failure. */
  note(sentence, where = {}) {
    this.#put(this.notes, sentence, where);
  }

  /** Returns the report: what is wrong with each migration, and which statement causes it. */
  text() {
    const lines = [];
    for (const [migration, all] of Map.groupBy(this.failures, ({ migration }) => migration ?? 'All migrations')) {
      lines.push(`FAILED  ${migration}`);
      for (const { sentence, statement, way } of all.slice(0, MOST)) {
        lines.push(`        ${way === 'down' ? 'when undone: ' : ''}${sentence}`);
        if (statement) lines.push(`          by: ${statement.slice(0, 300)}`);
      }
      if (all.length > MOST) lines.push(`        and ${all.length - MOST} more`);
    }
    for (const { sentence, migration } of this.notes.slice(0, 40))
      lines.push(`NOTE    ${migration ? `${migration}: ` : ''}${sentence}`);
    return lines.join('\n');
  }

  #put(list, sentence, { migration, statement, way }) {
    const key = `${migration} ${way} ${sentence.replaceAll(/\d+/g, '0')}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    list.push({ sentence, migration, statement, way });
  }
}
