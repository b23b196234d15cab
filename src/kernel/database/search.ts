type Condition = (column: string, word: string) => string;

/** What the trigram indexes serve: they are on these very words. Functions of migrations/…-folded-search.ts. */
const like: Condition = (column, word) => `search_text(${column}) like search_pattern(${word})`;

/**
 * For words without a trigram. No index serves these, so the rows are read in the list's order until the page is full:
 * PostgreSQL takes a third of all rows for a hit here, and so never reads the table as a whole to sort it. The fewer rows
 * have the word, the further it reads; the deadline of statements is the end of it.
 */
const position: Condition = (column, word) => `strpos(search_text(${column}), search_text(${word})) > 0`;

/** Letters beyond ASCII make trigrams only where the database's locale knows them. Decided when it is planned. */
const wherePossible: Condition = (column, word) =>
  `case when show_trgm('ж') = '{}' then ${position(column, word)} else ${like(column, word)} end`;

/** Three letters or digits in a row, or the beginning or end of a word: what `like '%text%'` gets trigrams from. */
const hasTrigrams = (letter: string, other: string) =>
  new RegExp(`${letter}{3}|${other}${letter}|${letter}{2}${other}`, 'u');

const ASCII = hasTrigrams('[A-Za-z0-9]', '[\\0-/:-@[-`{-\\x7f]');
const ANY = hasTrigrams('[\\p{L}\\p{N}]', '[^\\p{L}\\p{N}]');

/** About what `search_text` makes of it: only how the word is looked for depends on this. */
const folded = (word: string) => word.normalize('NFKD').replaceAll(/\p{M}/gu, '');

function wayOf(word: string): Condition {
  const letters = folded(word);
  return ASCII.test(letters) ? like : ANY.test(letters) ? wherePossible : position;
}

const WHITE_SPACE = /[\p{White_Space}\ufeff]+/u;
/** Words that are looked for by indexes: the longest ones. What they find has to have the other words. */
const MOST_INDEXED = 3;

interface Search {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The condition that each word of the text is in one of the columns; undefined for an empty text. A text of white space only is
 * one word. A word without trigrams is not looked for in `long` columns.
 */
export function searchOf(columns: readonly string[], long: readonly string[], text: string): Search | undefined {
  if (text === '') return undefined;
  const found = [...new Set(text.split(WHITE_SPACE))].filter((word) => word !== '').toSorted(longestFirst);
  const words = found.length > 0 ? found : [text];
  const short = columns.filter((column) => !long.includes(column));
  const [indexed, others] = [words.slice(0, MOST_INDEXED), words.slice(MOST_INDEXED)];
  const conditions = indexed.map((word, i) => {
    const has = wayOf(word);
    return isIn(has, has === position ? short : columns, `:word${i}`);
  });
  if (others.length > 0) {
    const lacking = `select from unnest(cast(:words as text[])) as word where not ${isIn(position, columns, 'word')}`;
    conditions.push(`not exists (${lacking})`);
  }
  const parameters = Object.fromEntries(indexed.map((word, i) => [`word${i}`, word]));
  return { condition: conditions.join(' and '), parameters: { ...parameters, words: others } };
}

const isIn = (has: Condition, columns: readonly string[], word: string) =>
  `(${columns.map((column) => has(column, word)).join(' or ')})`;
const longestFirst = (one: string, other: string) => other.length - one.length;
