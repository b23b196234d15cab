import type { EntityMetadata, ObjectLiteral } from 'typeorm';
import { ValidationFailed, valueError } from '../errors/validation-failed.js';
import type { Edge } from './keyset.js';
import { Page, type PageRequest } from './page.js';
import type { Direction, OrderKey } from './query.js';
import { sortColumn, type SortColumn } from './sort-column.js';

/** Where a page begins. */
interface Position {
  readonly backwards: boolean;
  /** The row that its rows are behind; undefined: the beginning of the list. */
  readonly edges: readonly Edge[] | undefined;
  /** Rows before the first one. */
  readonly skip: number;
}

/**
 * The order of a list and its cursors. A cursor is the key of a row, how many rows came before, and, where the order is not
 * the list's own, that order with the row's values: the row may be gone when the cursor is used.
 */
export class ListOrder {
  readonly keys: readonly OrderKey[];
  private readonly columns: readonly SortColumn[];
  /** Empty for the list's own order. */
  private readonly sort: string;

  /** `own` is the list's own order, by a column that tells rows apart: it also decides between rows that are equal in `sort`. */
  constructor(metadata: EntityMetadata, own: OrderKey, sort: string | null | undefined) {
    this.keys = sort ? keysOf(sort, own) : [own];
    this.columns = this.keys.map(([column]) => sortColumn(metadata, column));
    this.sort = this.keys.length === 1 && this.keys[0]![1] === own[1] ? '' : (sort ?? '');
  }

  /** As a page is read: backwards, each key the other way round. */
  towards(backwards: boolean): readonly OrderKey[] {
    return this.keys.map(([, direction], i) => [
      this.columns[i]!.expression,
      backwards ? OPPOSITE[direction] : direction,
    ]);
  }

  /** Throws ValidationFailed for a cursor of another list, or of this one in another order. */
  positionOf({ page, limit, after, before }: PageRequest): Position {
    const cursor = after || before;
    if (!cursor) return { backwards: false, edges: undefined, skip: (page - 1) * limit };
    const backwards = !after;
    const values = this.read(cursor);
    if (!values) throw new ValidationFailed([valueError(['query', backwards ? 'before' : 'after'], FOREIGN, cursor)]);
    const edges = this.towards(backwards).map(([column, direction], i): Edge => {
      const { type, isNullable } = this.columns[i]!;
      return { column, direction, isNullable, type: type.name, value: values[i] };
    });
    return { backwards, edges, skip: Number(cursor.split('.')[1]) };
  }

  /** Of the rows found, one more than the page has where there are more. */
  pageOf<T extends ObjectLiteral>(found: T[], { limit, page }: PageRequest, position: Position): Page<T> {
    const { backwards, edges } = position;
    const more = found.length > limit;
    const shown = found.slice(0, limit);
    if (backwards) shown.reverse();
    const skip = !backwards ? position.skip : more ? Math.max(0, position.skip - shown.length) : 0;
    const [first, last] = [shown.at(0), shown.at(-1)];
    const hasPrev = backwards ? more : edges !== undefined || page > 1;
    const hasNext = backwards || more;
    return new Page(shown, {
      skip,
      limit,
      ...(hasPrev && first ? { prev: this.cursor(first, skip) } : {}),
      ...(hasNext && last ? { next: this.cursor(last, skip + shown.length) } : {}),
    });
  }

  private cursor(row: ObjectLiteral, skip: number): string {
    const texts = this.keys.map(([column], i) => {
      const value: unknown = row[column];
      return value === null ? NULL : this.columns[i]!.type.write(value);
    });
    const plain = `${texts.pop()!}.${skip}`;
    if (this.sort === '') return plain;
    return `${plain}.${Buffer.from([this.sort, ...texts].join(SEPARATOR)).toString('base64url')}`;
  }

  /** The values that the cursor stands for, one for each key; undefined where it is not of this order. */
  private read(cursor: string): unknown[] | undefined {
    const [key, , more = ''] = cursor.split('.');
    const [sort, ...texts] = Buffer.from(more, 'base64url').toString().split(SEPARATOR);
    if (sort !== this.sort || texts.length !== this.keys.length - 1) return undefined;
    const values = [...texts, key!].map((text, i) => {
      const { type, isNullable } = this.columns[i]!;
      return text === NULL && isNullable ? null : type.read(text);
    });
    return values.includes(undefined) ? undefined : values;
  }
}

const FOREIGN = 'This cursor belongs to another list or sort order';
const OPPOSITE: Readonly<Record<Direction, Direction>> = { ASC: 'DESC', DESC: 'ASC' };
/** No text of the database has it. */
const SEPARATOR = '\0';
/** No value is written so. */
const NULL = '';

/** `created_at,-total_cents`, and behind it the list's own key, in the direction of the first: one index serves both ways. */
function keysOf(sort: string, [key]: OrderKey): OrderKey[] {
  const keys = sort
    .split(',')
    .map((name): OrderKey => (name.startsWith('-') ? [name.slice(1), 'DESC'] : [name, 'ASC']));
  const at = keys.findIndex(([column]) => column === key);
  return at < 0 ? [...keys, [key, keys[0]![1]]] : keys.slice(0, at + 1);
}
