import type { Db } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';

/** Wraps a transaction for pg-boss's option `db`, so that pg-boss runs its statement in the transaction. */
export function transactionDb(tx: EntityManager): Db {
  return {
    async executeSql(text, values = []) {
      const { fields, rows } = await execute(tx, text, values);
      return { rows: rows.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i]]))) };
    },
  };
}
