import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { containing } from '../kernel/database/search.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import type { Caller } from '../kernel/http/access.js';
import type { Slice } from '../kernel/http/answer.js';
import { slice } from '../kernel/http/pagination.js';
import { changesOf } from '../kernel/validation/changes.js';
import { Item } from './item.entity.js';
import type { ItemCreate, ItemListQuery, ItemPatch } from './items.dto.js';
import { itemInUse, itemNotFound } from './items.errors.js';

@Injectable()
export class ItemsService {
  constructor(private readonly db: EntityManager) {}

  list({ search, ...page }: ItemListQuery): Promise<Slice<Item>> {
    return slice(containing(this.db.createQueryBuilder(Item, 'item'), ['item.name'], search), page);
  }

  /** Throws itemNotFound. */
  async get(id: number): Promise<Item> {
    const item = await this.db.findOneBy(Item, { id });
    if (!item) throw itemNotFound(String(id));
    return item;
  }

  create(caller: Caller, body: ItemCreate): Promise<Item> {
    return this.db.transaction(async (tx) => {
      const item = await tx.save(Item, tx.create(Item, { ...body, description: body.description ?? null }));
      await audit(tx, { actor_id: caller.id, action: 'item.created', subject: `items/${item.id}` });
      return item;
    });
  }

  /** What is absent stays, null clears, a value sets. Throws itemNotFound. */
  patch(caller: Caller, id: number, patch: ItemPatch): Promise<Item> {
    const changes = changesOf(patch);
    return this.db.transaction(async (tx) => {
      const item = await tx.findOne(Item, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!item) throw itemNotFound(String(id));
      await audit(tx, { actor_id: caller.id, action: 'item.updated', subject: `items/${id}`, details: changes });
      return tx.save(Item, Object.assign(item, changes));
    });
  }

  /** Throws itemNotFound, and itemInUse while orders refer to it. */
  async remove(caller: Caller, id: number): Promise<void> {
    try {
      await this.db.transaction(async (tx) => {
        const { affected } = await tx.delete(Item, id);
        if (affected === 0) throw itemNotFound(String(id));
        await audit(tx, { actor_id: caller.id, action: 'item.deleted', subject: `items/${id}` });
      });
    } catch (error) {
      if (violatedConstraint(error) === 'orders_item_id_fkey') throw itemInUse(String(id));
      throw error;
    }
  }
}
