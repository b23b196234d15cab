import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Makes searches ignore letter case, accents and Unicode forms, and adds searches of posts. Uses PostgreSQL's built-in
 * functions: the extension unaccent is not available everywhere, and is not allowed in an index.
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

/** Combining marks that do not belong to a particular script: accents, and marks around symbols. */
const ACCENTS = String.raw`[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]`;

/**
 * Letters that are not another letter with a mark. Includes capitals: `lower` changes only ASCII if the database's
 * locale is C.
 */
const PAIRS = ['ßss', 'ẞss', 'æae', 'Æae', 'œoe', 'Œoe', 'þth', 'Þth'];
/** Single letters of the same kind. Also the sigma at the end of a word, and apostrophes that keyboards do not have. */
const LETTERS = ['øØłŁđĐðÐħĦıς’‘', "oollddddhhiσ''''"] as const;
/** Invisible hyphens and spaces, which texts from the web contain within words. */
const INVISIBLE = String.raw`[\u00ad\u200b\u2060\ufeff]`;

const withoutAccents = PAIRS.reduce(
  (text, [letter, ...instead]) => `replace(${text}, '${letter}', '${instead.join('')}')`,
  `translate(regexp_replace(normalize($1, NFKD), '${ACCENTS}|${INVISIBLE}', '', 'g'), '${LETTERS.join(`', '`)}')`,
);

/**
 * The functions are not strict and a single expression, so that PostgreSQL can inline them. ASCII, the most common
 * case, only needs lower case.
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
