import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { hydrator, type EntityClass } from './hydrator.js';
import type { ArrayResult } from './array-query.js';

// SELECT statements on one table, whose SQL is generated once.

export type Direction = 'ASC' | 'DESC';
/** An element of an ORDER BY: a column or an SQL expression. */
export type OrderKey = readonly [column: string, direction: Direction];

/** The parts of a SELECT on one table. */
export interface QueryShape {
  /** The properties to read; all if absent. */
  readonly columns?: readonly string[];
  readonly conditions: readonly string[];
  readonly order?: readonly OrderKey[];
  readonly lock?: 'pessimistic_write' | 'for_no_key_update';
  /** PostgreSQL plans it for its values (a custom plan). The query is not cached, since there are many variants. */
  readonly customPlan?: boolean;
  /** The column of an equality filter that precedes the ORDER BY (see filters.ts). */
  readonly leadingColumn?: string;
  /** The columns of range filters. */
  readonly rangeColumns?: readonly string[];
  /** Whether there is a text search, whose number of hits is unknown before they are read. */
  readonly isSearched?: boolean;
  /** Selects `count(*)` instead of the rows. */
  readonly countsRows?: boolean;
}

interface QueryText {
  readonly text: string;
  /** The names of the parameters, in the order of the placeholders. */
  readonly parameters: readonly string[];
}

const ALIAS = 'row';
const PARAMETER = /(?<!:):(\w+)/g;

/**
 * A SELECT on one table. TypeORM's query builder generates its SQL once, at first use. `derive` returns the same object
 * for the same key, so that code can build a query at each call without generating its SQL again.
 */
export class CompiledQuery<T extends ObjectLiteral> {
  private readonly derived = new Map<string, CompiledQuery<T>>();
  private compiled: QueryText | undefined;
  /** Created with the first result, which has the order of the columns. */
  private hydrate: ((row: readonly unknown[]) => T) | undefined;

  constructor(
    readonly metadata: EntityMetadata,
    readonly shape: QueryShape,
  ) {}

  /** Returns the query with a change that `key` identifies. */
  derive(key: string, change: (shape: QueryShape) => QueryShape): CompiledQuery<T> {
    if (this.shape.customPlan) return new CompiledQuery(this.metadata, change(this.shape));
    let derived = this.derived.get(key);
    if (derived === undefined) this.derived.set(key, (derived = new CompiledQuery(this.metadata, change(this.shape))));
    return derived;
  }

  /** Returns the SQL and the names of its parameters. */
  compile(db: EntityManager): QueryText {
    return (this.compiled ??= compile(db, this.metadata, this.shape));
  }

  /** Returns the function that creates entities from the rows of a result. */
  hydratorFor(result: ArrayResult): (row: readonly unknown[]) => T {
    return (this.hydrate ??= hydrator(this.metadata.target as EntityClass<T>, columnsOf(this.metadata, result)));
  }
}

const roots = new WeakMap<EntityMetadata, CompiledQuery<ObjectLiteral>>();

/** Returns the query for all rows of a table, from which all others are derived. */
export function queryForAllRows<T extends ObjectLiteral>(metadata: EntityMetadata): CompiledQuery<T> {
  let root = roots.get(metadata);
  if (root === undefined) roots.set(metadata, (root = new CompiledQuery(metadata, { conditions: [] })));
  return root as CompiledQuery<T>;
}

function compile(db: EntityManager, { target }: EntityMetadata, shape: QueryShape): QueryText {
  const query = db.createQueryBuilder(target, ALIAS);
  if (shape.countsRows) query.select('count(*)', 'total');
  else if (shape.columns) query.select(shape.columns.map((property) => `${ALIAS}.${property}`));
  for (const condition of shape.conditions) query.andWhere(`(${condition})`);
  for (const [column, direction] of shape.order ?? []) query.addOrderBy(column, direction);
  if (shape.lock) query.setLock(shape.lock);
  const names = shape.conditions.flatMap((condition) => [...condition.matchAll(PARAMETER)].map(([, name]) => name!));
  // the value of each parameter is its name, so TypeORM returns the names in the order of the placeholders
  query.setParameters(Object.fromEntries(names.map((name) => [name, name])));
  const [text, parameters] = query.getQueryAndParameters() as [string, string[]];
  if (!shape.order) return { text, parameters };
  const limitOffset = ` limit $${parameters.length + 1} offset $${parameters.length + 2}`;
  return { text: text + limitOffset, parameters: [...parameters, 'limit', 'offset'] };
}

/** The columns of a result, whose fields TypeORM's query builder names `<alias>_<column>`. */
function columnsOf(metadata: EntityMetadata, { fields }: ArrayResult): EntityMetadata['columns'] {
  return fields.map(({ name }) => metadata.findColumnWithDatabaseName(name.slice(ALIAS.length + 1))!);
}
