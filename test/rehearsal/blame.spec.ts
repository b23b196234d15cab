import { join } from 'node:path';

interface Blame {
  readonly culprit: (statements: readonly object[], sentence: string, table?: string) => string | undefined;
}

const { culprit } = (await import(join(process.cwd(), 'scripts/rehearse/blame.mjs'))) as Blame;

const RENAME = 'alter table posts rename column title to headline';
const ADD = 'alter table posts add column words integer';
const COMMENT = `comment on table posts is 'articles'`;
const TRIGGER = 'create trigger orders_most before insert on orders for each row execute function orders_most()';
const FILL = `update posts set body = 'none' where id = 9000`;
const FOLD = 'create or replace function search_text(text) returns text language sql as $$ select $1 $$';
const INDEX = 'create index concurrently posts_body_idx on posts (body)';
const REVOKE = 'revoke all on sequence sessions_number_seq from current_user';

it.each([
  [
    'a renamed column',
    [RENAME, ADD, COMMENT],
    'the old build reads posts: column "title" does not exist',
    'posts',
    RENAME,
  ],
  [
    'a renamed column in a log',
    [RENAME, ADD],
    `GET /api/v1/posts/N column Post.title does not exist`,
    undefined,
    RENAME,
  ],
  [
    'a trigger that refuses',
    [TRIGGER, 'alter table orders add column note text'],
    'the old build inserts orders: too many',
    'orders',
    TRIGGER,
  ],
  ['changed values', [ADD, FILL, 'analyze posts'], 'values of posts.body have changed', undefined, FILL],
  ['a function', [FOLD, ADD], 'the old build: GET /items, search=Berg: the body has changed', undefined, FOLD],
  [
    'an index',
    [RENAME, INDEX],
    'index row size 5000 exceeds btree version 4 maximum 2704 for index "posts_body_idx"',
    'posts',
    INDEX,
  ],
  [
    'a sequence',
    [REVOKE, `comment on table sessions is 'signed in'`],
    'the old build inserts sessions: permission denied for sequence sessions_number_seq',
    'sessions',
    REVOKE,
  ],
  [
    'a column that is missing for a while',
    ['alter table users drop column name', 'alter table users rename column display_name to name'],
    'GET /orders column row.name does not exist',
    undefined,
    'alter table users drop column name',
  ],
  ['nothing in particular', [RENAME, FILL], 'the old build does not start again', undefined, FILL],
])('blames the statement that causes it: %s', (_about, texts, sentence, table, expected) => {
  expect(
    culprit(
      texts.map((text) => ({ text })),
      sentence,
      table,
    ),
  ).toBe(expected);
});

it('blames no statement if there is none', () => {
  expect(culprit([], 'it fails')).toBeUndefined();
});
