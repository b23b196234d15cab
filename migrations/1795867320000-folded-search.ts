import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Searches that do not tell letter case, accents and Unicode forms apart, for posts as well. By functions of PostgreSQL's own:
 * its extension unaccent is not to be had everywhere, and not allowed in an index.
 */
export class FoldedSearch1795867320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of FUNCTIONS) await runner.query(statement);
    await runner.query(`drop index ${BEFORE.map(([table, column]) => nameOf(table, column)).join(', ')}`);
    for (const [table, column] of [...BEFORE, ...NEW]) await runner.query(create(table, column, 'search_text'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index ${[...BEFORE, ...NEW].map(([table, column]) => nameOf(table, column)).join(', ')}`);
    for (const [table, column] of BEFORE) await runner.query(create(table, column, 'lower'));
    await runner.query('drop function search_pattern(text), search_text(text)');
  }
}

const BEFORE = [
  ['users', 'name'],
  ['users', 'email'],
  ['items', 'name'],
] as const;

const NEW = [
  ['posts', 'title'],
  ['posts', 'body'],
] as const;

const nameOf = (table: string, column: string) => `${table}_${column}_search_idx`;

const create = (table: string, column: string, form: string) =>
  `create index ${nameOf(table, column)} on ${table} using gin (${form}(${column}) gin_trgm_ops) with (gin_pending_list_limit = 64)`;

/** The marks of letters that are not scripts of their own: accents, and what surrounds symbols. */
const ACCENTS = String.raw`[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]`;

/** Letters that are no other one with a mark. Capitals, too: `lower` knows only those of ASCII where the database's locale is C. */
const PAIRS = ['ßss', 'ẞss', 'æae', 'Æae', 'œoe', 'Œoe', 'þth', 'Þth'];
/** A sigma has another form at the end of a word, and keyboards have one apostrophe of several. */
const LETTERS = ['øØłŁđĐðÐħĦıς’‘', "oollddddhhiσ''''"] as const;
/** Hyphens and spaces without width, which texts from the web have inside of words. */
const INVISIBLE = String.raw`[\u00ad\u200b\u2060\ufeff]`;

const withoutAccents = PAIRS.reduce(
  (text, [letter, ...instead]) => `replace(${text}, '${letter}', '${instead.join('')}')`,
  `translate(regexp_replace(normalize($1, NFKD), '${ACCENTS}|${INVISIBLE}', '', 'g'), '${LETTERS.join(`', '`)}')`,
);

/**
 * Not strict, and a single expression: so PostgreSQL puts it in the place of the call. ASCII, which is most of it, needs
 * nothing but lower case.
 */
const FUNCTIONS = [
  `create function search_text(text) returns text language sql immutable parallel safe as $$
    select case when octet_length($1) = length($1) then lower($1)
      else normalize(lower(${withoutAccents}), NFKC) end
  $$`,
  String.raw`create function search_pattern(text) returns text language sql immutable parallel safe as $$
    select '%' || regexp_replace(search_text($1), '[\\%_]', '\\\&', 'g') || '%'
  $$`,
];
