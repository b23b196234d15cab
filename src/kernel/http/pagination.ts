import type { EntityManager, ObjectLiteral } from 'typeorm';
import type { Direction, Read } from '../database/read.js';
import { Page } from '../database/page.js';
import type { PageQuery, UuidPageQuery } from './page-query.dto.js';

/** A position in a list: behind which key, and how many rows came before it when it was made. */
interface Cursor {
  readonly key: string;
  readonly skip: number;
}

/** A whole number, or a UUID, which is written without its hyphens: a cursor's key may be its beginning. */
type Key = number | string;

const encode = (key: Key, skip: number) => `${String(key).replaceAll('-', '')}.${skip}`;

function decode(text: string): Cursor {
  const [key, skip] = text.split('.') as [string, string];
  return { key, skip: Number(skip) };
}

/**
 * One page of what is read, ordered by id or another unique column of whole numbers, or by UUIDs, upwards or downwards: by
 * keyset where a cursor is given, at the same cost on every page, else by number, past all the rows before it. One statement;
 * one row more than the page tells whether there is a next one.
 */
export async function slice<T extends ObjectLiteral & Record<K, Key>, K extends string = 'id'>(
  db: EntityManager,
  rows: Read<T>,
  { page, limit, after, before }: PageQuery | UuidPageQuery,
  parameters: Readonly<Record<string, unknown>> = {},
  column: K = 'id' as K,
  is: 'bigint' | 'uuid' = 'bigint',
  direction: Direction = 'ASC',
): Promise<Page<T>> {
  const backwards = !after && Boolean(before);
  const cursor = after ? decode(after) : before ? decode(before) : undefined;
  const behind = cursor?.skip ?? (page - 1) * limit;
  const upwards = (direction === 'ASC') !== backwards;
  const found = await from(rows, column, is, cursor && (upwards ? '>' : '<'))
    .by(column, upwards ? 'ASC' : 'DESC')
    .all(db, {
      ...parameters,
      cursor: is === 'uuid' ? cursor?.key.padEnd(32, '0') : cursor?.key,
      limit: limit + 1,
      offset: cursor ? 0 : behind,
    });
  const more = found.length > limit;
  const shown = found.slice(0, limit);
  if (backwards) shown.reverse();
  const skip = !backwards ? behind : more ? Math.max(0, behind - shown.length) : 0;
  const [first, last] = [shown.at(0), shown.at(-1)];
  const hasPrev = backwards ? more : cursor !== undefined || page > 1;
  const hasNext = backwards || more;
  return new Page(shown, {
    skip,
    limit,
    ...(hasPrev && first ? { prev: encode(first[column], skip) } : {}),
    ...(hasNext && last ? { next: encode(last[column], skip + shown.length) } : {}),
  });
}

const from = <T extends ObjectLiteral>(
  rows: Read<T>,
  column: string,
  is: string,
  side: '<' | '>' | undefined,
): Read<T> => (side === undefined ? rows : rows.where(`${column} ${side} cast(:cursor as ${is})`));
