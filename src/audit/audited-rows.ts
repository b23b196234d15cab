import type { EntityManager } from 'typeorm';
import { audit } from './audit.js';
import { difference, pick } from './difference.js';

/**
 * What the audit trail has of the rows of one kind: `item.created`, `item.updated` and `item.deleted` of `items/3`, with
 * the values of the fields named here before and after. Of all other fields it has only that they changed.
 */
export class AuditedRows<T extends { id: number }> {
  constructor(
    private readonly kind: string,
    private readonly shown: readonly (keyof T)[],
  ) {}

  created(tx: EntityManager, actor_id: number | null, row: T): Promise<void> {
    return this.add(tx, actor_id, 'created', row, { after: pick(row, this.shown) });
  }

  /** `row` as it was before. `more` goes to the details. */
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
    return audit(tx, { actor_id, action: `${this.kind}.${what}`, subject: `${this.kind}s/${id}`, details });
  }
}
