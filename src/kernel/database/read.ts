import type { EntityManager, ObjectLiteral } from 'typeorm';
import { conditionsOf, type Filters } from './filters.js';
import { behind, edgeParameters } from './keyset.js';
import { ListOrder } from './list-order.js';
import { Page, type PageRequest } from './page.js';
import type { Direction, OrderKey, Query, Shape } from './query.js';
import { searchOf } from './search.js';
import { assertSearched } from './searched.js';
import { execute, type Rows } from './statement.js';

/** So many rows are read and sorted faster than they can be looked for. */
const FEW = 500;

type Parameters = Readonly<Record<string, unknown>>;

/**
 * A query of a repository, which runs as a prepared statement; its rows become entities without TypeORM's general way of
 * doing it. Parameters stand as `:name` in the conditions and get their values when it runs, if they have none before.
 */
export class Read<T extends ObjectLiteral> {
  constructor(
    private readonly db: EntityManager,
    private readonly query: Query<T>,
    private readonly bound: Parameters = {},
  ) {}

  /** Only rows of which this is true, in SQL on the table's columns: `user_id = :owner`. */
  where(condition: string): Read<T> {
    return this.derive(condition, (shape) => ({ ...shape, conditions: [...shape.conditions, condition] }));
  }

  /** Only rows that meet the filters whose parameters have a value. */
  filtered(filters: Filters, values: object): Read<T> {
    const isFirst = this.query.shape.conditions.length === 0;
    const { conditions, values: bound, ...how } = conditionsOf(filters, values, isFirst);
    if (conditions.length === 0) return this;
    const narrow = (shape: Shape): Shape => ({ ...shape, ...how, conditions: [...shape.conditions, ...conditions] });
    return this.plannedAnew().derive('filtered', narrow).with(bound);
  }

  /**
   * Only rows that have each word of the text in one of the columns, which are @Searched: in any letter case and Unicode form,
   * with or without accents. Words without three letters are not looked for in columns with `long` texts.
   */
  search(
    columns: readonly (keyof T & string)[],
    text: string | null | undefined,
    { long = [] }: { long?: readonly (keyof T & string)[] } = {},
  ): Read<T> {
    assertSearched(this.query.metadata, columns);
    const search = searchOf(columns, long, text ?? '');
    if (!search) return this;
    const rows = this.plannedAnew().where(search.condition).with(search.parameters);
    return rows.derive('searched', (shape) => ({ ...shape, isSearched: true }));
  }

  /** Only these columns: for lists whose rows have much that is not shown. */
  only<K extends keyof T & string>(...properties: K[]): Read<Pick<T, K>> {
    return this.derive(properties.join(), (shape) => ({ ...shape, only: properties }));
  }

  /** By a column that tells rows apart; the statement takes the parameters `limit` and `offset`. */
  by(column: keyof T & string, direction: Direction): Read<T> {
    return this.ordered([[column, direction]]);
  }

  /** Locks the rows until the end of the transaction. */
  locked(lock: NonNullable<Shape['lock']> = 'pessimistic_write'): Read<T> {
    return this.derive(lock, (shape) => ({ ...shape, lock }));
  }

  /** For conditions whose best plan depends on the value: one that most rows meet, or none. What is added afterwards counts as well. */
  plannedAnew(): Read<T> {
    return this.derive('planned anew', (shape) => ({ ...shape, plannedAnew: true }));
  }

  /** The first row, or undefined. */
  async one(parameters: Parameters = {}): Promise<T | undefined> {
    const answer = await this.run(parameters, true);
    const [row] = answer.rows;
    return row && this.query.filler(answer)(row);
  }

  async all(parameters: Parameters = {}): Promise<T[]> {
    const answer = await this.run(parameters);
    return answer.rows.map(this.query.filler(answer));
  }

  /** How many there are. */
  async count(parameters: Parameters = {}): Promise<number> {
    const counting = this.derive('count', ({ order: _order, ...shape }) => ({ ...shape, counted: true }));
    const { rows } = await counting.run(parameters);
    return Number(rows[0]![0]);
  }

  /**
   * One page, in the order that is asked for, else of `by`, else of the ids: by keyset where a cursor is given, at the same
   * cost on every page, else by number, past all the rows before it. One row more than the page tells whether there is a next
   * one. Throws ValidationFailed for a cursor of another order.
   */
  async page(request: PageRequest, parameters: Parameters = {}): Promise<Page<T>> {
    const { metadata, shape } = this.query;
    const order = new ListOrder(metadata, shape.order?.at(-1) ?? ['id', 'ASC'], request.sort);
    const position = order.positionOf(request);
    const { backwards, edges, skip } = position;
    const list = await (request.sort ? this.plannedAnew() : this).orFew(order, parameters);
    const behindEdges = edges ? list.where(behind(edges)) : list;
    const found = await behindEdges.ordered(order.towards(backwards)).all({
      ...parameters,
      ...(edges ? edgeParameters(edges) : {}),
      limit: request.limit + 1,
      offset: edges ? 0 : skip,
    });
    const { rows, edges: ends } = order.pageOf(found, request, position);
    return new Page(rows, request.count ? { ...ends, total: await this.count(parameters) } : ends);
  }

  /**
   * The rows, or the few of them that there are, where a range of one column is asked for in the order of another: no index has
   * both. PostgreSQL guesses how many rows are in the range, and walks through the order where it hopes to fill the page soon;
   * where it is wrong, through all of it.
   */
  private async orFew({ keys }: ListOrder, parameters: Parameters): Promise<Read<T>> {
    const { ranges: [column, ...others] = [], isSearched = false } = this.query.shape;
    if (column === undefined || others.length > 0 || column === keys[0]![0] || isSearched) return this;
    const [id] = keys.at(-1)!;
    const ofRange = this.only(id).ordered([[column, 'ASC']]);
    const found = await ofRange.all({ ...parameters, limit: FEW + 1, offset: 0 });
    if (found.length > FEW) return this;
    return this.where(`${id} = any(cast(:few as bigint[]))`).with({ few: found.map((row): unknown => row[id]) });
  }

  private ordered(keys: readonly OrderKey[]): Read<T> {
    const { leading } = this.query.shape;
    const order = leading === undefined ? keys : [[leading, keys[0]![1]] as const, ...keys];
    return this.derive(`by ${order.join()}`, (shape) => ({ ...shape, order }));
  }

  /** With values for parameters. */
  private with(parameters: Parameters): Read<T> {
    return new Read(this.db, this.query, { ...this.bound, ...parameters });
  }

  private run(parameters: Parameters, single = false): Promise<Rows> {
    const { text, parameters: names } = this.query.compile(this.db);
    const all = { ...this.bound, ...parameters };
    const { lock, plannedAnew } = this.query.shape;
    return execute(
      this.db,
      text,
      names.map((name) => all[name]),
      { readOnly: lock === undefined, single, plannedAnew },
    );
  }

  private derive(word: string, change: (shape: Shape) => Shape): Read<T> {
    return new Read(this.db, this.query.derive(word, change), this.bound);
  }
}
