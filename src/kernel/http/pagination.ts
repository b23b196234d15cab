import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { Slice } from './answer.js';
import type { PageQuery } from './page-query.dto.js';

/** A position in a list: behind which id, and how many rows came before it when it was made. */
interface Cursor {
  readonly id: number;
  readonly skip: number;
}

const encode = ({ id, skip }: Cursor) => `${id}.${skip}`;

function decode(text: string): Cursor {
  const [id, skip] = text.split('.').map(Number) as [number, number];
  return { id, skip };
}

/**
 * One page of a query, ordered by the id of its main table: by keyset where a cursor is given, else by number. One
 * statement; one row more than the page tells whether there is a next one.
 */
export async function slice<T extends ObjectLiteral & { id: number }>(
  query: SelectQueryBuilder<T>,
  { page, limit, after, before }: PageQuery,
): Promise<Slice<T>> {
  const id = `${query.alias}.id`;
  const backwards = !after && Boolean(before);
  const cursor = after ? decode(after) : before ? decode(before) : undefined;
  if (cursor) query.andWhere(`${id} ${backwards ? '<' : '>'} cast(:id as bigint)`, { id: cursor.id });
  else query.offset((page - 1) * limit);
  const found = await query
    .orderBy(id, backwards ? 'DESC' : 'ASC')
    .limit(limit + 1)
    .getMany();
  const more = found.length > limit;
  const rows = found.slice(0, limit);
  if (backwards) rows.reverse();
  const behind = cursor?.skip ?? (page - 1) * limit;
  const skip = !backwards ? behind : more ? Math.max(0, behind - rows.length) : 0;
  const [first, last] = [rows.at(0), rows.at(-1)];
  const hasPrev = backwards ? more : cursor !== undefined || page > 1;
  const hasNext = backwards || more;
  return new Slice(rows, {
    skip,
    limit,
    ...(hasPrev && first ? { prev: encode({ id: first.id, skip }) } : {}),
    ...(hasNext && last ? { next: encode({ id: last.id, skip: skip + rows.length }) } : {}),
  });
}
