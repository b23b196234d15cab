import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { hydrator, type EntityClass } from './hydrate.js';
import type { Rows } from './statement.js';

export type Direction = 'ASC' | 'DESC';
/** A column, or what is made of one, in SQL. */
export type OrderKey = readonly [column: string, direction: Direction];

/** What a query asks for. */
export interface Shape {
  /** Properties to be read; all where absent. */
  readonly only?: readonly string[];
  readonly conditions: readonly string[];
  readonly order?: readonly OrderKey[];
  readonly lock?: 'pessimistic_write' | 'for_no_key_update';
  /** Only for these values: its text is not kept either, since there are many like it. */
  readonly plannedAnew?: boolean;
  /** The column that leads every order: its index has each of them. */
  readonly leading?: string;
  /** Columns that a range of values is asked of. */
  readonly ranges?: readonly string[];
  /** By a text: nobody knows how many rows have it before they are read. */
  readonly isSearched?: boolean;
  /** Not the rows, but how many there are. */
  readonly counted?: boolean;
}

interface Compiled {
  readonly text: string;
  /** Names of the parameters, in the order of the text's placeholders. */
  readonly parameters: readonly string[];
}

const ALIAS = 'row';
const PARAMETER = /(?<!:):(\w+)/g;

/**
 * A query whose text TypeORM's builder makes once, at its first use. What narrows it gives the same object for the same
 * words, so that a query may be written where it is used.
 */
export class Query<T extends ObjectLiteral> {
  private readonly derived = new Map<string, Query<T>>();
  private compiled: Compiled | undefined;
  /** Made at the first answer, which tells the order of the columns. */
  private fill: ((row: readonly unknown[]) => T) | undefined;

  constructor(
    readonly metadata: EntityMetadata,
    readonly shape: Shape,
  ) {}

  /** The query that differs by this word. */
  derive(word: string, change: (shape: Shape) => Shape): Query<T> {
    if (this.shape.plannedAnew) return new Query(this.metadata, change(this.shape));
    let derived = this.derived.get(word);
    if (derived === undefined) this.derived.set(word, (derived = new Query(this.metadata, change(this.shape))));
    return derived;
  }

  /** Its text and the names of its parameters. */
  compile(db: EntityManager): Compiled {
    return (this.compiled ??= compile(db, this.metadata, this.shape));
  }

  /** Makes entities of an answer's rows. */
  filler(answer: Rows): (row: readonly unknown[]) => T {
    return (this.fill ??= hydrator(this.metadata.target as EntityClass<T>, columnsOf(this.metadata, answer)));
  }
}

const roots = new WeakMap<EntityMetadata, Query<ObjectLiteral>>();

/** The query for all rows of a table: all others begin with it. */
export function allOf<T extends ObjectLiteral>(metadata: EntityMetadata): Query<T> {
  let root = roots.get(metadata);
  if (root === undefined) roots.set(metadata, (root = new Query(metadata, { conditions: [] })));
  return root as Query<T>;
}

function compile(db: EntityManager, { target }: EntityMetadata, shape: Shape): Compiled {
  const query = db.createQueryBuilder(target, ALIAS);
  if (shape.counted) query.select('count(*)', 'total');
  else if (shape.only) query.select(shape.only.map((property) => `${ALIAS}.${property}`));
  for (const condition of shape.conditions) query.andWhere(`(${condition})`);
  for (const [column, direction] of shape.order ?? []) query.addOrderBy(column, direction);
  if (shape.lock) query.setLock(shape.lock);
  const names = shape.conditions.flatMap((condition) => [...condition.matchAll(PARAMETER)].map(([, name]) => name!));
  query.setParameters(Object.fromEntries(names.map((name) => [name, name]))); // so that their order comes back
  const [text, parameters] = query.getQueryAndParameters() as [string, string[]];
  if (!shape.order) return { text, parameters };
  const slice = ` limit $${parameters.length + 1} offset $${parameters.length + 2}`;
  return { text: text + slice, parameters: [...parameters, 'limit', 'offset'] };
}

/** The builder names the fields after its alias and their columns. */
function columnsOf(metadata: EntityMetadata, { fields }: Rows): EntityMetadata['columns'] {
  return fields.map(({ name }) => metadata.findColumnWithDatabaseName(name.slice(ALIAS.length + 1))!);
}
