// Looks into the SQL text of migrations, which may hold several statements.

/** Returns the name of a table, which may have a schema, as an SQL identifier. */
export const quoted = (name) =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');

/** Returns the text for a regular expression that matches it. Node 22 has no RegExp.escape. */
export const escaped = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

export const BEGINS = /^(?:begin|start\s+transaction)\b/i;
export const ENDS = /^(?:commit|end|rollback(?!\s+to)|abort)\b/i;
/** It may commit several times. */
export const HAS_TRANSACTIONS = /^(?:do|call)\b/i;
export const CHANGES_DATA = /^(?:select|insert|update|delete|merge|with|values)\b/i;
/** It locks the rows that it reads. PostgreSQL does not count these rows as changed. */
export const LOCKS_ROWS = /\bfor\s+(?:no\s+key\s+update|key\s+share|update|share)\b/i;
/** It blocks writes of one table after the other. */
export const REINDEXES = /^reindex\b(?!.*\bconcurrently\b)/is;

/**
 * What may contain semicolons and words that are not part of a statement: texts, names, bodies and comments. The body of
 * a function in SQL may contain a CASE, which has an END of its own.
 */
const QUOTED =
  /\be'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[^]*?\$\1\$|--.*|\/\*[^]*?\*\/|\bbegin\s+atomic\b(?:\bcase\b[^]*?\bend\b|[^])*?\bend\b/gi;

/** Returns the statements of a text, without their quoted parts and comments. */
export const statementsIn = (text) =>
  text
    .replaceAll(QUOTED, ' ')
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
