import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { hydrator, type EntityClass } from './hydrate.js';
import { execute, type Rows } from './statement.js';

type Parameters = Readonly<Record<string, unknown>>;
export type Direction = 'ASC' | 'DESC';

/** What is left of a query builder once its text is made. */
interface Compiled<T> {
  readonly text: string;
  /** Names of the parameters, in the order of the text's placeholders. */
  readonly parameters: readonly string[];
  /** Made at the first answer, which tells the order of the columns. */
  fill?: (row: readonly unknown[]) => T;
}

interface Shape {
  /** Properties to be read; all where absent. */
  readonly only?: readonly string[];
  readonly conditions: readonly string[];
  readonly order?: readonly [column: string, direction: Direction];
  readonly lock?: 'pessimistic_write' | 'for_no_key_update';
  readonly plannedAnew?: boolean;
}

/** The rows of an entity's table: the beginning of every read. */
export function read<T extends ObjectLiteral>(entity: EntityClass<T>): Read<T> {
  return new Read(entity, { conditions: [] });
}

/**
 * A query that is built once, by TypeORM's query builder at its first use, and runs as a prepared statement from then on;
 * its rows become entities without TypeORM's general way of doing it. Parameters stand as `:name` in the conditions and
 * get their values when it runs. What narrows it gives the same object for the same words, so that it may be written where it is used.
 */
export class Read<T extends ObjectLiteral> {
  private readonly derived = new Map<string, Read<T>>();
  private compiled: Compiled<T> | undefined;

  constructor(
    private readonly entity: EntityClass<T>,
    private readonly shape: Shape,
  ) {}

  /** Only rows of which this is true, in SQL on the table's columns: `user_id = :owner`. */
  where(condition: string): Read<T> {
    return this.derive(condition, (shape) => ({ ...shape, conditions: [...shape.conditions, condition] }));
  }

  /** Only these columns: for lists whose rows have much that is not shown. */
  only<K extends keyof T & string>(...properties: K[]): Read<Pick<T, K>> {
    return this.derive(properties.join(), (shape) => ({ ...shape, only: properties }));
  }

  /** By a column that tells rows apart; the statement takes the parameters `limit` and `offset`. */
  by(column: string, direction: Direction): Read<T> {
    return this.derive(`${column} ${direction}`, (shape) => ({ ...shape, order: [column, direction] }));
  }

  /** Locks the rows until the end of the transaction. */
  locked(lock: NonNullable<Shape['lock']>): Read<T> {
    return this.derive(lock, (shape) => ({ ...shape, lock }));
  }

  /** For conditions whose best plan depends on the value: one that most rows meet, or none. */
  plannedAnew(): Read<T> {
    return this.derive('planned anew', (shape) => ({ ...shape, plannedAnew: true }));
  }

  /** The first row, or undefined. */
  async one(db: EntityManager, parameters: Parameters): Promise<T | undefined> {
    const [row] = await this.all(db, parameters);
    return row;
  }

  async all(db: EntityManager, parameters: Parameters): Promise<T[]> {
    const compiled = (this.compiled ??= compile(db, this.entity, this.shape));
    const values = compiled.parameters.map((name) => parameters[name]);
    const { lock, plannedAnew } = this.shape;
    const answer = await execute(db, compiled.text, values, { readOnly: lock === undefined, plannedAnew });
    compiled.fill ??= filler(db, this.entity, answer);
    return answer.rows.map(compiled.fill);
  }

  private derive(word: string, change: (shape: Shape) => Shape): Read<T> {
    let derived = this.derived.get(word);
    if (derived === undefined) this.derived.set(word, (derived = new Read(this.entity, change(this.shape))));
    return derived;
  }
}

const ALIAS = 'row';
const PARAMETER = /(?<!:):(\w+)/g;

function compile<T extends ObjectLiteral>(db: EntityManager, entity: EntityClass<T>, shape: Shape): Compiled<T> {
  const query: SelectQueryBuilder<T> = db.createQueryBuilder(entity, ALIAS);
  if (shape.only) query.select(shape.only.map((property) => `${ALIAS}.${property}`));
  for (const condition of shape.conditions) query.andWhere(`(${condition})`);
  if (shape.order) query.orderBy(`${ALIAS}.${shape.order[0]}`, shape.order[1]);
  if (shape.lock) query.setLock(shape.lock);
  const names = shape.conditions.flatMap((condition) => [...condition.matchAll(PARAMETER)].map(([, name]) => name!));
  query.setParameters(Object.fromEntries(names.map((name) => [name, name]))); // so that their order comes back
  const [text, parameters] = query.getQueryAndParameters() as [string, string[]];
  if (!shape.order) return { text, parameters };
  const slice = ` limit $${parameters.length + 1} offset $${parameters.length + 2}`;
  return { text: text + slice, parameters: [...parameters, 'limit', 'offset'] };
}

/** The builder names the fields after its alias and their columns. */
function filler<T extends ObjectLiteral>(db: EntityManager, entity: EntityClass<T>, { fields }: Rows) {
  const metadata = db.dataSource.getMetadata(entity);
  const columns = fields.map(({ name }) => metadata.findColumnWithDatabaseName(name.slice(ALIAS.length + 1))!);
  return hydrator(entity, columns);
}
