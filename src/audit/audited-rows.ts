import type { EntityManager } from 'typeorm';
import { audit } from './audit.js';
import { difference, pick } from './difference.js';

/**
 * Writes the audit events of one kind of rows: `item.created`, `item.updated` and `item.deleted` for `items/3`. They
 * contain the values of the `shown` fields before and after, and only the names of other fields. `path` is the path of
 * the rows.
 */
export class AuditedRows<T extends { id: number }> {
  constructor(
    private readonly kind: string,
    private readonly shown: readonly (keyof T)[],
    private readonly path = `${kind}s`,
  ) {}

  created(tx: EntityManager, actor_id: number | null, row: T): Promise<void> {
    return this.add(tx, actor_id, 'created', row, { after: pick(row, this.shown) });
  }

  /** `row` is the row before the update; `more` is added to the details. */
  updated(tx: EntityManager, actor_id: number, row: T, changes: Partial<NoInfer<T>>, more: object = {}): Promise<void> {
    return this.add(tx, actor_id, 'updated', row, { ...more, ...difference<T>(row, changes, this.shown) });
  }

  deleted(tx: EntityManager, actor_id: number, row: T): Promise<void> {
    return this.add(tx, actor_id, 'deleted', row, { before: pick(row, this.shown) });
  }

  private add(
    tx: EntityManager,
    actor_id: number | null,
    what: string,
    { id }: T,
    details: Record<string, unknown>,
  ): Promise<void> {
    return audit(tx, { actor_id, action: `${this.kind}.${what}`, subject: `${this.path}/${id}`, details });
  }
}
