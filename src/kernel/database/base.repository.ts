import { Repository, type EntityManager, type ObjectLiteral } from 'typeorm';
import type { EntityClass } from './hydrator.js';
import type { Page, PageRequest } from './page.js';
import { queryForAllRows, type QueryShape } from './compiled-query.js';
import { SelectQuery } from './select-query.js';
import { deleteRow, insertRow, updateRow } from './row-writes.js';

/**
 * The class of every injected repository (`@InjectRepository(Post)`). It extends TypeORM's repository with reads that
 * are compiled once and run as prepared statements, and with writes of a single row that return the stored row. All
 * methods run in the current transaction, if there is one.
 */
export class BaseRepository<T extends ObjectLiteral> extends Repository<T> {
  #rows: SelectQuery<T> | undefined;
  #byId: SelectQuery<T> | undefined;

  /** A query for all rows; other queries are derived from it. */
  get rows(): SelectQuery<T> {
    return (this.#rows ??= new SelectQuery(this.manager, queryForAllRows<T>(this.metadata)));
  }

  /** A query for the rows that meet an SQL condition on the table's columns: `user_id = :owner`. */
  where(condition: string): SelectQuery<T> {
    return this.rows.where(condition);
  }

  /** Returns the row with this id, or undefined. */
  findById(id: unknown): Promise<T | undefined> {
    this.#byId ??= this.where('id = :id');
    return this.#byId.one({ id });
  }

  /** Returns the row with this id, locked until the transaction ends, or undefined. */
  lock(id: unknown, lock?: QueryShape['lock']): Promise<T | undefined> {
    return this.where('id = :id').locked(lock).one({ id });
  }

  /** Returns a page of all rows, ordered by id unless the request has a `sort`. */
  page(request: PageRequest): Promise<Page<T>> {
    return this.rows.page(request);
  }

  /** Inserts a row and returns it as stored, with database defaults for the columns without a value. */
  insertOne(values: Partial<NoInfer<T>>): Promise<T> {
    return insertRow(this.manager, this.metadata, values);
  }

  /**
   * Updates a row that the transaction has locked, and returns it as stored. Returns `row` itself if there are no
   * changes.
   */
  async updateOne(row: T, changes: Partial<NoInfer<T>>): Promise<T> {
    return Object.keys(changes).length === 0 ? row : updateRow<T>(this.manager, this.metadata, row, changes);
  }

  /** Deletes a row that the transaction has locked. */
  deleteOne(row: T): Promise<void> {
    return deleteRow(this.manager, this.metadata, row);
  }
}

/**
 * Returns the repository of an entity for a transaction's manager. For functions that receive the manager as an
 * argument.
 */
export function repositoryOf<T extends ObjectLiteral>(tx: EntityManager, entity: EntityClass<T>): BaseRepository<T> {
  return tx.getRepository(entity) as BaseRepository<T>;
}
