import type { SeedFile } from './rows.js';

/** What the database would refuse when rows that are good in themselves come together: a sentence with its place for each. */
export function contradictions({ users, items, posts, orders }: SeedFile): string[] {
  const ids = { users: idsOf(users), items: idsOf(items) };
  return [
    ...Object.entries({ users, items, posts, orders }).flatMap(([table, rows]) => repeated(table, 'id', rows)),
    ...repeated('users', 'email', users),
    ...dangling('posts', 'user_id', posts, 'users', ids.users),
    ...dangling('orders', 'user_id', orders, 'users', ids.users),
    ...dangling('orders', 'item_id', orders, 'items', ids.items),
  ];
}

function idsOf(rows: readonly { id: number }[]): ReadonlySet<unknown> {
  return new Set(rows.map(({ id }) => id));
}

function repeated<K extends string>(table: string, field: K, rows: readonly Record<K, unknown>[]): string[] {
  const seen = new Map<unknown, number>();
  return rows.flatMap(({ [field]: value }, at) => {
    const first = seen.get(value);
    if (first !== undefined)
      return [`${table}.${at}.${field}: ${JSON.stringify(value)} is already that of ${table}.${first}`];
    seen.set(value, at);
    return [];
  });
}

/** References to rows that are not in the file; null is none. */
function dangling<K extends string>(
  table: string,
  field: K,
  rows: readonly Record<K, unknown>[],
  target: string,
  there: ReadonlySet<unknown>,
): string[] {
  return rows.flatMap(({ [field]: value }, at) =>
    value === null || there.has(value)
      ? []
      : [`${table}.${at}.${field}: ${target} has no row with the id ${String(value)}`],
  );
}
