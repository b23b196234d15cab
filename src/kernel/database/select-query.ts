import type { EntityManager, ObjectLiteral } from 'typeorm';
import { applyFilters, type Filters } from './filters.js';
import { keysetCondition, keysetParameters } from './keyset.js';
import { ListOrder } from './list-order.js';
import { Page, type PageRequest } from './page.js';
import type { Direction, OrderKey, CompiledQuery, QueryShape } from './compiled-query.js';
import { buildSearch } from './search.js';
import { assertDeclaredSearched } from './searched.decorator.js';
import type { ArrayResult } from './array-query.js';
import { execute } from './statement.js';

// The query builder of repositories, whose queries run as prepared statements.

/**
 * Up to this number, reading all ids of a range and sorting their rows is faster than scanning the sort order's index.
 */
const MAX_PREFETCHED_IDS = 500;

type Parameters = Readonly<Record<string, unknown>>;

/**
 * An immutable query builder for the rows of one table: `posts.where('user_id = :owner').page(request, { owner })`.
 * Queries run as prepared statements, and rows become entities without TypeORM's slower hydration. Conditions contain
 * parameters as `:name`, whose values are passed when the query runs.
 */
export class SelectQuery<T extends ObjectLiteral> {
  constructor(
    private readonly db: EntityManager,
    private readonly query: CompiledQuery<T>,
    private readonly bound: Parameters = {},
  ) {}

  /** Adds an SQL condition on the table's columns: `user_id = :owner`. */
  where(condition: string): SelectQuery<T> {
    return this.derive(condition, (shape) => ({ ...shape, conditions: [...shape.conditions, condition] }));
  }

  /** Adds the conditions of the filters that have a value in `values`. */
  filtered(filters: Filters, values: object): SelectQuery<T> {
    const isFirst = this.query.shape.conditions.length === 0;
    const { conditions, values: bound, ...options } = applyFilters(filters, values, isFirst);
    if (conditions.length === 0) return this;
    const narrow = (shape: QueryShape): QueryShape => ({
      ...shape,
      ...options,
      conditions: [...shape.conditions, ...conditions],
    });
    return this.withCustomPlan().derive('filtered', narrow).with(bound);
  }

  /**
   * Adds a text search: each word of the text must occur in one of the columns, which must be @Searched. It ignores
   * case, accents and Unicode form. Words with fewer than three letters are not searched in the `long` columns.
   */
  search(
    columns: readonly (keyof T & string)[],
    text: string | null | undefined,
    { long = [] }: { long?: readonly (keyof T & string)[] } = {},
  ): SelectQuery<T> {
    assertDeclaredSearched(this.query.metadata, columns);
    const search = buildSearch(columns, long, text ?? '');
    if (!search) return this;
    const rows = this.withCustomPlan().where(search.condition).with(search.parameters);
    return rows.derive('searched', (shape) => ({ ...shape, isSearched: true }));
  }

  /** Reads only these columns: for lists that do not show large ones. */
  only<K extends keyof T & string>(...properties: K[]): SelectQuery<Pick<T, K>> {
    return this.derive(properties.join(), (shape) => ({ ...shape, columns: properties }));
  }

  /** Orders by a unique column. The query then has the parameters `limit` and `offset`. */
  orderBy(column: keyof T & string, direction: Direction): SelectQuery<T> {
    return this.ordered([[column, direction]]);
  }

  /** Locks the rows until the transaction ends. */
  locked(lock: NonNullable<QueryShape['lock']> = 'pessimistic_write'): SelectQuery<T> {
    return this.derive(lock, (shape) => ({ ...shape, lock }));
  }

  /**
   * Lets PostgreSQL plan the query for its values, for conditions that some values make selective and others not. Also
   * applies to queries derived from it.
   */
  withCustomPlan(): SelectQuery<T> {
    return this.derive('planned anew', (shape) => ({ ...shape, customPlan: true }));
  }

  /** Returns the first row, or undefined. */
  async one(parameters: Parameters = {}): Promise<T | undefined> {
    const result = await this.run(parameters, true);
    const [row] = result.rows;
    return row && this.query.hydratorFor(result)(row);
  }

  /** Returns all rows. */
  async all(parameters: Parameters = {}): Promise<T[]> {
    const result = await this.run(parameters);
    return result.rows.map(this.query.hydratorFor(result));
  }

  /** Returns the number of rows. */
  async count(parameters: Parameters = {}): Promise<number> {
    const counting = this.derive('count', ({ order: _order, ...shape }) => ({ ...shape, countsRows: true }));
    const { rows } = await counting.run(parameters);
    return Number(rows[0]![0]);
  }

  /**
   * Returns a page, ordered by the request's `sort`, by `orderBy()`, or by id. With a cursor it uses keyset pagination,
   * whose cost is the same for every page; otherwise OFFSET. Reads one row more than the page has, to know whether
   * another page follows. Throws ValidationFailed for a cursor of another order.
   */
  async page(request: PageRequest, parameters: Parameters = {}): Promise<Page<T>> {
    const { metadata, shape } = this.query;
    const order = new ListOrder(metadata, shape.order?.at(-1) ?? ['id', 'ASC'], request.sort);
    const start = order.parseStart(request);
    const { backwards, bounds, skip } = start;
    const list = await (request.sort ? this.withCustomPlan() : this).restrictToFewIds(order, parameters);
    const afterCursor = bounds ? list.where(keysetCondition(bounds)) : list;
    const found = await afterCursor.ordered(order.keysFor(backwards)).all({
      ...parameters,
      ...(bounds ? keysetParameters(bounds) : {}),
      limit: request.limit + 1,
      offset: bounds ? 0 : skip,
    });
    const { rows, info } = order.pageOf(found, request, start);
    return new Page(rows, request.count ? { ...info, total: await this.count(parameters) } : info);
  }

  /**
   * For a range filter on one column and an order by another, which no index serves together: if the range has few
   * rows, restricts the query to their ids. PostgreSQL might otherwise scan the index of the order to its end, if it
   * overestimates the number of rows in the range.
   */
  private async restrictToFewIds({ keys }: ListOrder, parameters: Parameters): Promise<SelectQuery<T>> {
    const { rangeColumns: [column, ...others] = [], isSearched = false } = this.query.shape;
    if (column === undefined || others.length > 0 || column === keys[0]![0] || isSearched) return this;
    const [id] = keys.at(-1)!;
    const ofRange = this.only(id).ordered([[column, 'ASC']]);
    const found = await ofRange.all({ ...parameters, limit: MAX_PREFETCHED_IDS + 1, offset: 0 });
    if (found.length > MAX_PREFETCHED_IDS) return this;
    return this.where(`${id} = any(cast(:few as bigint[]))`).with({ few: found.map((row): unknown => row[id]) });
  }

  private ordered(keys: readonly OrderKey[]): SelectQuery<T> {
    const { leadingColumn } = this.query.shape;
    const order = leadingColumn === undefined ? keys : [[leadingColumn, keys[0]![1]] as const, ...keys];
    return this.derive(`by ${order.join()}`, (shape) => ({ ...shape, order }));
  }

  /** Binds values to parameters. */
  private with(parameters: Parameters): SelectQuery<T> {
    return new SelectQuery(this.db, this.query, { ...this.bound, ...parameters });
  }

  private run(parameters: Parameters, singleRow = false): Promise<ArrayResult> {
    const { text, parameters: names } = this.query.compile(this.db);
    const all = { ...this.bound, ...parameters };
    const { lock, customPlan } = this.query.shape;
    return execute(
      this.db,
      text,
      names.map((name) => all[name]),
      { readOnly: lock === undefined, singleRow, customPlan },
    );
  }

  private derive(key: string, change: (shape: QueryShape) => QueryShape): SelectQuery<T> {
    return new SelectQuery(this.db, this.query.derive(key, change), this.bound);
  }
}
