import type { Actor } from './world.js';

/**
 * Who may call: everybody; everybody, but a token that is shown has to be good; everybody who shows credentials; whoever is
 * signed in, about their own; the owner or an admin, to others it is not there; the owner alone; the owner or an admin,
 * others are refused; an admin. `in session`: an access token is never enough.
 */
export type Access = 'public' | 'shown' | 'credentials' | 'caller' | 'own' | 'owner only' | 'own address' | 'admin';
export type Rule = Access | `${Access} in session`;

/**
 * The rows of a table, as SQL: an expression for each column that has no default. `i` is the number of the row, `owner` the id
 * of the account that the rows are for, `(select max(id) from suppliers)` a row of another resource. A text that lists are
 * searched by is best made by `SEARCHED`.
 */
export interface Rows {
  readonly table: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Rows that need more than values: the id of a new one. */
export interface Made {
  readonly table: string;
  readonly make: (owner: Actor, state: string | undefined) => Promise<{ readonly id: unknown }>;
}

/** What the tests of the whole application have to know of one resource: `test/<tag>/<tag>.resource.ts` exports it as its default. */
export interface Resource {
  /** By operation: who may call it. */
  readonly access: Readonly<Record<string, Rule>>;
  /** By parameter of paths: what it names. */
  readonly subjects?: Readonly<Record<string, Rows | Made>>;
  /** By table: the texts that answers may show. All other texts are secret. */
  readonly shows?: Readonly<Record<string, readonly string[]>>;
  /** By parameter of queries: values worth trying with full tables, where its schema does not tell any. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** A text that is another in each row: the searches of test/database/growth.e2e-spec.ts find it in all rows, in some and in none. */
export const SEARCHED = `'Thing ' || left(md5(i::text), 6)`;
