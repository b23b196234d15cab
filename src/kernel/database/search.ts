// Text search in lists: builds its SQL condition.

/** Returns the SQL condition that a column contains a word. */
type Condition = (column: string, word: string) => string;

/** The condition that the trigram indexes serve. Its functions are defined in migrations/…-folded-search.ts. */
const trigramMatch: Condition = (column, word) => `search_text(${column}) like search_pattern(${word})`;

/**
 * For words without a trigram, which no index serves: rows are read in the order of the list until the page is full.
 * PostgreSQL estimates that a third of all rows match such a condition, and therefore does not sort the whole table.
 * The rarer the word, the more rows are read, up to statement_timeout.
 */
const substringMatch: Condition = (column, word) => `strpos(search_text(${column}), search_text(${word})) > 0`;

/** Non-ASCII letters have trigrams only if the database's locale knows them. Evaluated by the planner, not per row. */
const trigramMatchIfSupported: Condition = (column, word) =>
  `case when show_trgm('ж') = '{}' then ${substringMatch(column, word)} else ${trigramMatch(column, word)} end`;

/**
 * Three consecutive letters or digits, or two at the start or end of a word: pg_trgm extracts trigrams of `like
 * '%text%'` from these.
 */
const hasTrigrams = (letter: string, other: string) =>
  new RegExp(`${letter}{3}|${other}${letter}|${letter}{2}${other}`, 'u');

const ASCII = hasTrigrams('[A-Za-z0-9]', '[\\0-/:-@[-`{-\\x7f]');
const ANY = hasTrigrams('[\\p{L}\\p{N}]', '[^\\p{L}\\p{N}]');

/** Approximates `search_text`. Only the choice of the condition depends on it, not the result. */
const folded = (word: string) => word.normalize('NFKD').replaceAll(/\p{M}/gu, '');

function conditionFor(word: string): Condition {
  const letters = folded(word);
  return ASCII.test(letters) ? trigramMatch : ANY.test(letters) ? trigramMatchIfSupported : substringMatch;
}

const WHITE_SPACE = /[\p{White_Space}\ufeff]+/u;
/** The number of words, the longest ones, that indexes are used for. The other words filter the rows found. */
const MOST_INDEXED = 3;

interface SearchCondition {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Builds the condition that each word of the text is contained in one of the columns; undefined for an empty text. A
 * text of white space only is one word. Words without trigrams are not searched in `long` columns.
 */
export function buildSearch(
  columns: readonly string[],
  long: readonly string[],
  text: string,
): SearchCondition | undefined {
  if (text === '') return undefined;
  const found = [...new Set(text.split(WHITE_SPACE))].filter((word) => word !== '').toSorted(longestFirst);
  const words = found.length > 0 ? found : [text];
  const short = columns.filter((column) => !long.includes(column));
  const [indexed, others] = [words.slice(0, MOST_INDEXED), words.slice(MOST_INDEXED)];
  const conditions = indexed.map((word, i) => {
    const has = conditionFor(word);
    return isIn(has, has === substringMatch ? short : columns, `:word${i}`);
  });
  if (others.length > 0) {
    const lacking = `select from unnest(cast(:words as text[])) as word where not ${isIn(substringMatch, columns, 'word')}`;
    conditions.push(`not exists (${lacking})`);
  }
  const parameters = Object.fromEntries(indexed.map((word, i) => [`word${i}`, word]));
  return { condition: conditions.join(' and '), parameters: { ...parameters, words: others } };
}

const isIn = (has: Condition, columns: readonly string[], word: string) =>
  `(${columns.map((column) => has(column, word)).join(' or ')})`;
const longestFirst = (one: string, other: string) => other.length - one.length;
