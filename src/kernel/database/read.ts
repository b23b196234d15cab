import type { EntityManager, ObjectLiteral } from 'typeorm';
import { Page, pageOf, positionOf, type Key, type PageRequest } from './page.js';
import type { Direction, Query, Shape } from './query.js';
import { searchOf } from './search.js';
import { assertSearched } from './searched.js';
import { execute, type Rows } from './statement.js';

type Parameters = Readonly<Record<string, unknown>>;

/**
 * A query of a repository, which runs as a prepared statement; its rows become entities without TypeORM's general way of
 * doing it. Parameters stand as `:name` in the conditions and get their values when it runs.
 */
export class Read<T extends ObjectLiteral> {
  constructor(
    private readonly db: EntityManager,
    private readonly query: Query<T>,
  ) {}

  /** Only rows of which this is true, in SQL on the table's columns: `user_id = :owner`. */
  where(condition: string): Read<T> {
    return this.derive(condition, (shape) => ({ ...shape, conditions: [...shape.conditions, condition] }));
  }

  /** Only rows where one of the columns, which are @Searched, contains the text, in any letter case. */
  search(columns: readonly (keyof T & string)[], text: string | null | undefined): Search<T> {
    assertSearched(this.query.metadata, columns);
    if (!text) return { rows: this, parameters: {} };
    const { condition, parameters } = searchOf(columns, text);
    return { rows: this.where(condition).plannedAnew(), parameters };
  }

  /** Only these columns: for lists whose rows have much that is not shown. */
  only<K extends keyof T & string>(...properties: K[]): Read<Pick<T, K>> {
    return this.derive(properties.join(), (shape) => ({ ...shape, only: properties }));
  }

  /** By a column that tells rows apart; the statement takes the parameters `limit` and `offset`. */
  by(column: keyof T & string, direction: Direction): Read<T> {
    return this.derive(`${column} ${direction}`, (shape) => ({ ...shape, order: [column, direction] }));
  }

  /** Locks the rows until the end of the transaction. */
  locked(lock: NonNullable<Shape['lock']> = 'pessimistic_write'): Read<T> {
    return this.derive(lock, (shape) => ({ ...shape, lock }));
  }

  /** For conditions whose best plan depends on the value: one that most rows meet, or none. */
  plannedAnew(): Read<T> {
    return this.derive('planned anew', (shape) => ({ ...shape, plannedAnew: true }));
  }

  /** The first row, or undefined. */
  async one(parameters: Parameters): Promise<T | undefined> {
    const answer = await this.run(parameters);
    const [row] = answer.rows;
    return row && this.query.filler(answer)(row);
  }

  async all(parameters: Parameters): Promise<T[]> {
    const answer = await this.run(parameters);
    return answer.rows.map(this.query.filler(answer));
  }

  /**
   * One page, in the order of `by`, else of the ids: by keyset where a cursor is given, at the same cost on every page, else
   * by number, past all the rows before it. One statement; one row more than the page tells whether there is a next one.
   */
  async page(request: PageRequest, parameters: Parameters = {}): Promise<Page<T>> {
    const [column, direction] = this.query.shape.order ?? ['id', 'ASC'];
    const position = positionOf(request);
    const { key, backwards, skip } = position;
    const upwards = (direction === 'ASC') !== backwards;
    const isUuid = this.query.metadata.findColumnWithPropertyName(column)!.type === 'uuid';
    const side = upwards ? '>' : '<';
    const behind =
      key === undefined ? this : this.where(`${column} ${side} cast(:cursor as ${isUuid ? 'uuid' : 'bigint'})`);
    const found = await behind.by(column, upwards ? 'ASC' : 'DESC').all({
      ...parameters,
      cursor: isUuid ? key?.padEnd(32, '0') : key,
      limit: request.limit + 1,
      offset: key === undefined ? skip : 0,
    });
    return pageOf(found, request, position, (row) => row[column] as Key);
  }

  private run(parameters: Parameters): Promise<Rows> {
    const { text, parameters: names } = this.query.compile(this.db);
    const values = names.map((name) => parameters[name]);
    const { lock, plannedAnew } = this.query.shape;
    return execute(this.db, text, values, { readOnly: lock === undefined, plannedAnew });
  }

  private derive(word: string, change: (shape: Shape) => Shape): Read<T> {
    return new Read(this.db, this.query.derive(word, change));
  }
}

/** A search: the rows, and the parameters that they take. */
export interface Search<T extends ObjectLiteral> {
  readonly rows: Read<T>;
  readonly parameters: Parameters;
}
