import { Brackets, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

/** Narrows the query to rows where one of the columns contains the text, in any letter case; `%` and `_` are letters. */
export function containing<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  columns: readonly string[],
  text: string | null | undefined,
): SelectQueryBuilder<T> {
  if (!text) return query;
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const anywhere = new Brackets((where) => {
    for (const column of columns) where.orWhere(`lower(${column}) like lower(:pattern)`, { pattern });
  });
  return query.andWhere(anywhere);
}
