import type { EntityMetadata, ObjectLiteral } from 'typeorm';
import { ValidationFailed, valueError } from '../errors/validation-failed.js';
import type { KeysetBound } from './keyset.js';
import { Page, type PageRequest } from './page.js';
import type { Direction, OrderKey } from './compiled-query.js';
import { sortColumn, type SortColumn } from './sort-column.js';

// The ORDER BY of a list, and its cursors.

/** Where a page starts, as parsed from `page` or a cursor. */
interface PageStart {
  readonly backwards: boolean;
  /** The sort values of the row after which the page starts; undefined if the request has no cursor. */
  readonly bounds: readonly KeysetBound[] | undefined;
  /** The number of rows before the page's first row. */
  readonly skip: number;
}

/**
 * The order of a list: its ORDER BY, and its cursors. A cursor is `<key>.<rows before>`, followed by
 * `.<base64url of sort and values>` if the sort is not the default. It contains the values, since the row may have been
 * deleted when the cursor is used.
 */
export class ListOrder {
  readonly keys: readonly OrderKey[];
  private readonly columns: readonly SortColumn[];
  /** The requested sort; empty for the default order. */
  private readonly sort: string;

  /** `own` is the default order, by a unique column, which is also the tie-breaker of any other sort. */
  constructor(metadata: EntityMetadata, own: OrderKey, sort: string | null | undefined) {
    this.keys = sort ? parseSort(sort, own) : [own];
    this.columns = this.keys.map(([column]) => sortColumn(metadata, column));
    this.sort = this.keys.length === 1 && this.keys[0]![1] === own[1] ? '' : (sort ?? '');
  }

  /** The ORDER BY of a page. A page before a cursor is read backwards, with each direction reversed. */
  keysFor(backwards: boolean): readonly OrderKey[] {
    return this.keys.map(([, direction], i) => [
      this.columns[i]!.expression,
      backwards ? OPPOSITE[direction] : direction,
    ]);
  }

  /** Returns where the page starts. Throws ValidationFailed for a cursor of another list or another sort. */
  parseStart({ page, limit, after, before }: PageRequest): PageStart {
    const cursor = after || before;
    if (!cursor) return { backwards: false, bounds: undefined, skip: (page - 1) * limit };
    const backwards = !after;
    const values = this.parseCursor(cursor);
    if (!values)
      throw new ValidationFailed([valueError(['query', backwards ? 'before' : 'after'], FOREIGN_CURSOR, cursor)]);
    const bounds = this.keysFor(backwards).map(([column, direction], i): KeysetBound => {
      const { type, isNullable } = this.columns[i]!;
      return { column, direction, isNullable, type: type.name, value: values[i] };
    });
    return { backwards, bounds, skip: Number(cursor.split('.')[1]) };
  }

  /** Builds the page. `found` has one row more than the page if further rows follow. */
  pageOf<T extends ObjectLiteral>(found: T[], { limit, page }: PageRequest, start: PageStart): Page<T> {
    const { backwards, bounds } = start;
    const more = found.length > limit;
    const shown = found.slice(0, limit);
    if (backwards) shown.reverse();
    const skip = !backwards ? start.skip : more ? Math.max(0, start.skip - shown.length) : 0;
    const [first, last] = [shown.at(0), shown.at(-1)];
    const hasPrev = backwards ? more : bounds !== undefined || page > 1;
    const hasNext = backwards || more;
    return new Page(shown, {
      skip,
      limit,
      ...(hasPrev && first ? { prev: this.writeCursor(first, skip) } : {}),
      ...(hasNext && last ? { next: this.writeCursor(last, skip + shown.length) } : {}),
    });
  }

  private writeCursor(row: ObjectLiteral, skip: number): string {
    const texts = this.keys.map(([column], i) => {
      const value: unknown = row[column];
      return value === null ? NULL : this.columns[i]!.type.serialize(value);
    });
    const plain = `${texts.pop()!}.${skip}`;
    if (this.sort === '') return plain;
    return `${plain}.${Buffer.from([this.sort, ...texts].join(SEPARATOR)).toString('base64url')}`;
  }

  /** Returns the cursor's values, one for each column of the order; undefined if it belongs to another order. */
  private parseCursor(cursor: string): unknown[] | undefined {
    const [key, , more = ''] = cursor.split('.');
    const [sort, ...texts] = Buffer.from(more, 'base64url').toString().split(SEPARATOR);
    if (sort !== this.sort || texts.length !== this.keys.length - 1) return undefined;
    const values = [...texts, key!].map((text, i) => {
      const { type, isNullable } = this.columns[i]!;
      return text === NULL && isNullable ? null : type.parse(text);
    });
    return values.includes(undefined) ? undefined : values;
  }
}

const FOREIGN_CURSOR = 'This cursor belongs to another list or sort order';
const OPPOSITE: Readonly<Record<Direction, Direction>> = { ASC: 'DESC', DESC: 'ASC' };
/** PostgreSQL's texts cannot contain it. */
const SEPARATOR = '\0';
/** Represents null: no other value is serialized as the empty string. */
const NULL = '';

/**
 * Parses `created_at,-total_cents`. Appends the default key in the direction of the first, so that one index serves
 * both directions.
 */
function parseSort(sort: string, [key]: OrderKey): OrderKey[] {
  const keys = sort
    .split(',')
    .map((name): OrderKey => (name.startsWith('-') ? [name.slice(1), 'DESC'] : [name, 'ASC']));
  const at = keys.findIndex(([column]) => column === key);
  return at < 0 ? [...keys, [key, keys[0]![1]]] : keys.slice(0, at + 1);
}
