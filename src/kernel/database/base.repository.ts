import { Repository, type EntityManager, type ObjectLiteral } from 'typeorm';
import type { EntityClass } from './hydrate.js';
import type { Page, PageRequest } from './page.js';
import { allOf, type Shape } from './query.js';
import { Read } from './read.js';
import { deleteRow, insertRow, updateRow } from './write.js';

/**
 * What `@InjectRepository(Post)` gives: TypeORM's repository, with reads that are compiled once and run as prepared
 * statements, and writes of one row that give it back as it is stored. All of it joins the transaction at hand.
 */
export class BaseRepository<T extends ObjectLiteral> extends Repository<T> {
  #rows: Read<T> | undefined;
  #byId: Read<T> | undefined;

  /** All rows: what every compiled read begins with. */
  get rows(): Read<T> {
    return (this.#rows ??= new Read(this.manager, allOf<T>(this.metadata)));
  }

  /** The rows of which this is true, in SQL on the table's columns: `user_id = :owner`. */
  where(condition: string): Read<T> {
    return this.rows.where(condition);
  }

  /** The row of the id, or undefined. */
  findById(id: unknown): Promise<T | undefined> {
    this.#byId ??= this.where('id = :id');
    return this.#byId.one({ id });
  }

  /** The row of the id, locked until the end of the transaction, or undefined. */
  lock(id: unknown, lock?: Shape['lock']): Promise<T | undefined> {
    return this.where('id = :id').locked(lock).one({ id });
  }

  /** One page of all rows, in the order of their ids. */
  page(request: PageRequest): Promise<Page<T>> {
    return this.rows.page(request);
  }

  /** Writes a new row and gives it as it is stored, with the defaults of the columns that have no value here. */
  insertOne(values: Partial<NoInfer<T>>): Promise<T> {
    return insertRow(this.manager, this.metadata, values);
  }

  /** Changes a row that the transaction has locked, and gives it as it is stored then: itself where nothing changes. */
  async updateOne(row: T, changes: Partial<NoInfer<T>>): Promise<T> {
    return Object.keys(changes).length === 0 ? row : updateRow<T>(this.manager, this.metadata, row, changes);
  }

  /** Deletes a row that the transaction has locked. */
  deleteOne(row: T): Promise<void> {
    return deleteRow(this.manager, this.metadata, row);
  }
}

/** The repository of an entity on this transaction: for functions that get it as an argument. */
export function repositoryOf<T extends ObjectLiteral>(tx: EntityManager, entity: EntityClass<T>): BaseRepository<T> {
  return tx.getRepository(entity) as BaseRepository<T>;
}
