type Condition = (column: string) => string;

/** What the trigram indexes serve: they are on these very words. */
const like: Condition = (column) => `lower(${column}) like lower(:pattern)`;

/**
 * For texts without a trigram. No index serves these, so the rows are read in the list's order until the page is full:
 * PostgreSQL takes a third of all rows for a hit here, and so never reads the table as a whole to sort it. The fewer rows
 * have the text, the further it reads; the deadline of statements is the end of it.
 */
const position: Condition = (column) => `strpos(lower(${column}), lower(:text)) > 0`;

/** Letters beyond ASCII make trigrams only where the database's locale knows them. Decided when it is planned. */
const wherePossible: Condition = (column) =>
  `case when show_trgm('ж') = '{}' then ${position(column)} else ${like(column)} end`;

/** Three letters or digits in a row, or the beginning or end of a word: what `like '%text%'` gets trigrams from. */
const hasTrigrams = (letter: string, other: string) =>
  new RegExp(`${letter}{3}|${other}${letter}|${letter}{2}${other}`, 'u');

const ASCII = hasTrigrams('[A-Za-z0-9]', '[\\0-/:-@[-`{-\\x7f]');
const ANY = hasTrigrams('[\\p{L}\\p{N}]', '[^\\p{L}\\p{N}]');

/** The condition that one of the columns contains the text, in any letter case, and its parameters. */
export function searchOf(
  columns: readonly string[],
  text: string,
): { condition: string; parameters: { text: string; pattern: string } } {
  const has = ASCII.test(text) ? like : ANY.test(text) ? wherePossible : position;
  return { condition: columns.map(has).join(' or '), parameters: { text, pattern: containing(text) } };
}

/** The pattern of LIKE for texts with this one in them; `%` and `_` are letters. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
