/** What a parameter of a list asks for. */
export interface Filter {
  /** In SQL on the table's columns: `status = :status`. */
  readonly condition: string;
  /** Where it asks one value of a column: the same, and the column may stand in an order. */
  readonly leading?: { readonly column: string; readonly condition: string };
  /** The column that it asks a range of values of, if it does. */
  readonly ranges?: string;
}

/** By parameter. */
export type Filters = Readonly<Record<string, Filter>>;

/**
 * One value of a column. As the only filter that asks for one it leads the order, by which PostgreSQL finds the index that has
 * both: else it would rather walk through an order in which it thinks the value is frequent. It would leave out of an order
 * what is equal to a value, but not what is one of a list.
 */
export function equals(column: string, type: string): Filters {
  const leading = { column, condition: `${column} = any(cast(array[:${column}] as ${type}[]))` };
  return { [column]: { condition: `${column} = :${column}`, leading } };
}

/** From one value to another, both included. Where they are the wrong way round there is nothing to read. */
export function range(column: string, type: string, from: string, to: string): Filters {
  const inOrder = `coalesce(cast(:${from} as ${type}) <= cast(:${to} as ${type}), true)`;
  return {
    [from]: { condition: `${column} >= :${from}`, ranges: column },
    [to]: { condition: `${column} <= :${to} and ${inOrder}`, ranges: column },
  };
}

/** What the filters ask whose parameters have a value. `mayLead`: there are no other conditions, which no index would have. */
export function conditionsOf(filters: Filters, values: object, mayLead: boolean) {
  const given = Object.entries(values).filter(([name, value]) => value != null && Object.hasOwn(filters, name));
  const asked = given.map(([name]) => filters[name]!);
  const [equal, ...others] = asked.flatMap(({ leading }) => leading ?? []);
  const leading = mayLead && others.length === 0 ? equal : undefined;
  return {
    conditions: asked.map((filter) => (leading && filter.leading === leading ? leading : filter).condition),
    values: Object.fromEntries(given) as Readonly<Record<string, unknown>>,
    ranges: [...new Set(asked.flatMap(({ ranges }) => ranges ?? []))],
    ...(leading ? { leading: leading.column } : {}),
  };
}

/** Of lists whose rows have a `created_at` (CreatedPageQuery). */
export const CREATED_FILTERS = range('created_at', 'timestamptz', 'created_from', 'created_to');

interface CreatedQuery {
  readonly created_from?: Date | null;
  readonly created_to?: Date | null;
  readonly sort?: string | null;
}

/**
 * The order that is asked for. Rows of some time come in the order of time, unless they are to come in another one: in that
 * of the ids, PostgreSQL would have to read all that is older before the first of them.
 */
export function sortOf({ created_from, created_to, sort }: CreatedQuery): string | null {
  return sort ?? (created_from || created_to ? 'created_at' : null);
}
