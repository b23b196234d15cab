import type { Actor } from './world.js';

/**
 * Who may call an operation. `public`: everyone. `shown`: everyone, but a token that is sent must be valid.
 * `credentials`: everyone who sends credentials. `caller`: signed-in accounts, about themselves. `own`: the owner or an
 * admin, others get a 404. `owner only`: the owner, others get a 404. `own address`: the owner or an admin, others get
 * a 403. `admin`: admins. `in session`: personal access tokens are refused.
 */
export type Access = 'public' | 'shown' | 'credentials' | 'caller' | 'own' | 'owner only' | 'own address' | 'admin';
export type Rule = Access | `${Access} in session`;

/**
 * The rows of a table, as SQL: an expression for each column that has no default. `i` is the number of the row, `owner`
 * the id of the account that owns the rows, `(select max(id) from suppliers)` a row of another resource. For a text
 * that lists are searched by, use `SEARCHED`.
 */
export interface Rows {
  readonly table: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Rows that need more than values. `make` returns the id of a new row. */
export interface Made {
  readonly table: string;
  readonly make: (owner: Actor, state: string | undefined) => Promise<{ readonly id: unknown }>;
}

/**
 * What the tests of the whole application need to know of a resource: the default export of
 * `test/<tag>/<tag>.resource.ts`.
 */
export interface Resource {
  /** Who may call each operation, by operation id. */
  readonly access: Readonly<Record<string, Rule>>;
  /** What each path parameter names. */
  readonly subjects?: Readonly<Record<string, Rows | Made>>;
  /**
   * Body fields that need a different value in each row, so that the document's example does not fit. Their values come
   * from `subjects`.
   */
  readonly fresh?: readonly string[];
  /** By table: the text columns that answers may show. All other texts are secret. */
  readonly shows?: Readonly<Record<string, readonly string[]>>;
  /** By query parameter: values to try with full tables, if its schema does not list any. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A text that differs in each row. The searches of test/database/growth.e2e-spec.ts match all rows, some rows or none.
 */
export const SEARCHED = `'Thing ' || left(md5(i::text), 6)`;
