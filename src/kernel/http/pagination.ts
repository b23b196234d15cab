import type { EntityManager, ObjectLiteral } from 'typeorm';
import type { Read } from '../database/read.js';
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
 * One page of what is read, ordered by id: by keyset where a cursor is given, at the same cost on every page, else by
 * number, past all the rows before it. One statement; one row more than the page tells whether there is a next one.
 */
export async function slice<T extends ObjectLiteral & { id: number }>(
  db: EntityManager,
  rows: Read<T>,
  { page, limit, after, before }: PageQuery,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<Slice<T>> {
  const backwards = !after && Boolean(before);
  const cursor = after ? decode(after) : before ? decode(before) : undefined;
  const behind = cursor?.skip ?? (page - 1) * limit;
  const found = await from(rows, cursor && (backwards ? '<' : '>'))
    .byId(backwards ? 'DESC' : 'ASC')
    .all(db, { ...parameters, cursor: cursor?.id, limit: limit + 1, offset: cursor ? 0 : behind });
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
    ...(hasPrev && first ? { prev: encode({ id: first.id, skip }) } : {}),
    ...(hasNext && last ? { next: encode({ id: last.id, skip: skip + shown.length }) } : {}),
  });
}

const from = <T extends ObjectLiteral>(rows: Read<T>, side: '<' | '>' | undefined): Read<T> =>
  side === undefined ? rows : rows.where(`id ${side} cast(:cursor as bigint)`);
