// Looks into the SQL text of migrations, which may hold several statements.

/** Returns the name of a table, which may have a schema, as an SQL identifier. */
export const quoted = (name) =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');

/** What may contain semicolons and words that are not part of a statement: texts, names, bodies and comments. */
const QUOTED =
  /\be'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[^]*?\$\1\$|--.*|\/\*[^]*?\*\/|\bbegin\s+atomic\b[^]*?\bend\b/gi;

/** Returns the statements of a text, without their quoted parts and comments. */
export const statementsIn = (text) =>
  text
    .replaceAll(QUOTED, ' ')
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
