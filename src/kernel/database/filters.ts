// Filters of lists: the SQL conditions behind their query parameters.

/** The SQL condition behind one query parameter of a list. */
export interface Filter {
  /** SQL on the table's columns: `status = :status`. */
  readonly condition: string;
  /** For an equality filter: its column, and the same condition in a form that lets the column be in the ORDER BY. */
  readonly leading?: { readonly column: string; readonly condition: string };
  /** For a range filter: its column. */
  readonly rangeColumn?: string;
}

/** Filters by the name of their query parameter. */
export type Filters = Readonly<Record<string, Filter>>;

/**
 * A filter for one value of a column. If it is the only equality filter, the column is also the first in the ORDER BY,
 * so that PostgreSQL uses the index on both columns. Otherwise, for a value that it estimates to be frequent,
 * PostgreSQL would scan the list's index and filter. `= any(array[…])` instead of `=`: PostgreSQL drops a column that
 * equals a constant from the ORDER BY.
 */
export function equals(column: string, type: string): Filters {
  const leading = { column, condition: `${column} = any(cast(array[:${column}] as ${type}[]))` };
  return { [column]: { condition: `${column} = :${column}`, leading } };
}

/** Filters for a range of values, both bounds included. If `from` is greater than `to`, nothing is scanned. */
export function range(column: string, type: string, from: string, to: string): Filters {
  const inOrder = `coalesce(cast(:${from} as ${type}) <= cast(:${to} as ${type}), true)`;
  return {
    [from]: { condition: `${column} >= :${from}`, rangeColumn: column },
    [to]: { condition: `${column} <= :${to} and ${inOrder}`, rangeColumn: column },
  };
}

/**
 * Returns the conditions of the filters that have a value. `mayLead`: the query has no other conditions, so that an
 * index may serve filter and order.
 */
export function applyFilters(filters: Filters, values: object, mayLead: boolean) {
  const given = Object.entries(values).filter(([name, value]) => value != null && Object.hasOwn(filters, name));
  const applied = given.map(([name]) => filters[name]!);
  const [equal, ...others] = applied.flatMap(({ leading }) => leading ?? []);
  const leading = mayLead && others.length === 0 ? equal : undefined;
  return {
    conditions: applied.map((filter) => (leading && filter.leading === leading ? leading : filter).condition),
    values: Object.fromEntries(given) as Readonly<Record<string, unknown>>,
    rangeColumns: [...new Set(applied.flatMap(({ rangeColumn }) => rangeColumn ?? []))],
    ...(leading ? { leadingColumn: leading.column } : {}),
  };
}

/** The filters of CreatedPageQuery, for rows that have a `created_at`. */
export const CREATED_FILTERS = range('created_at', 'timestamptz', 'created_from', 'created_to');

interface CreatedQuery {
  readonly created_from?: Date | null;
  readonly created_to?: Date | null;
  readonly sort?: string | null;
}

/**
 * Returns the requested sort. With a filter on `created_at` it defaults to `created_at`: in the order of ids,
 * PostgreSQL would have to read all older rows before the first match.
 */
export function sortOf({ created_from, created_to, sort }: CreatedQuery): string | null {
  return sort ?? (created_from || created_to ? 'created_at' : null);
}
