import type { EntityManager, ObjectLiteral } from 'typeorm';
import type { Read } from '../database/read.js';
import { Slice } from './answer.js';
import type { PageQuery } from './page-query.dto.js';

/** A position in a list: behind which key, and how many rows came before it when it was made. */
interface Cursor {
  readonly key: number;
  readonly skip: number;
}

const encode = ({ key, skip }: Cursor) => `${key}.${skip}`;

function decode(text: string): Cursor {
  const [key, skip] = text.split('.').map(Number) as [number, number];
  return { key, skip };
}

/**
 * One page of what is read, ordered by id or another unique column of whole numbers: by keyset where a cursor is given, at
 * the same cost on every page, else by number, past all the rows before it. One statement; one row more than the page
 * tells whether there is a next one.
 */
export async function slice<T extends ObjectLiteral & Record<K, number>, K extends string = 'id'>(
  db: EntityManager,
  rows: Read<T>,
  { page, limit, after, before }: PageQuery,
  parameters: Readonly<Record<string, unknown>> = {},
  column: K = 'id' as K,
): Promise<Slice<T>> {
  const backwards = !after && Boolean(before);
  const cursor = after ? decode(after) : before ? decode(before) : undefined;
  const behind = cursor?.skip ?? (page - 1) * limit;
  const found = await from(rows, column, cursor && (backwards ? '<' : '>'))
    .by(column, backwards ? 'DESC' : 'ASC')
    .all(db, { ...parameters, cursor: cursor?.key, limit: limit + 1, offset: cursor ? 0 : behind });
  const more = found.length > limit;
  const shown = found.slice(0, limit);
  if (backwards) shown.reverse();
  const skip = !backwards ? behind : more ? Math.max(0, behind - shown.length) : 0;
  const [first, last] = [shown.at(0), shown.at(-1)];
  const hasPrev = backwards ? more : cursor !== undefined || page > 1;
  const hasNext = backwards || more;
  return new Slice(shown, {
    skip,
    limit,
    ...(hasPrev && first ? { prev: encode({ key: first[column], skip }) } : {}),
    ...(hasNext && last ? { next: encode({ key: last[column], skip: skip + shown.length }) } : {}),
  });
}

const from = <T extends ObjectLiteral>(rows: Read<T>, column: string, side: '<' | '>' | undefined): Read<T> =>
  side === undefined ? rows : rows.where(`${column} ${side} cast(:cursor as bigint)`);
