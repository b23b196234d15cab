import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { difference, pick } from '../audit/difference.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { CREATED_FILTERS, range, sortOf } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import { transaction } from '../kernel/database/transaction.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import type { Caller } from '../kernel/access/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { Item } from './item.entity.js';
import type { ItemCreate, ItemListQuery, ItemPatch } from './items.dto.js';
import { itemInUse, itemNotFound } from './items.errors.js';

/** What the audit trail tells of a change. */
const AUDITED = ['name', 'description', 'price_cents', 'stock'] as const;

const FILTERS = {
  ...CREATED_FILTERS,
  ...range('price_cents', 'integer', 'min_price_cents', 'max_price_cents'),
  ...range('stock', 'integer', 'min_stock', 'max_stock'),
};

@Injectable()
export class ItemsService {
  constructor(@InjectRepository(Item) private readonly items: BaseRepository<Item>) {}

  list(query: ItemListQuery): Promise<Page<Item>> {
    const found = this.items.rows.filtered(FILTERS, query).search(['name'], query.search);
    return found.page({ ...query, sort: sortOf(query) });
  }

  /** Throws itemNotFound. */
  async get(id: number): Promise<Item> {
    const found = await this.items.findById(id);
    if (!found) throw itemNotFound(String(id));
    return found;
  }

  create(caller: Caller, body: ItemCreate): Promise<Item> {
    return transaction(this.items.manager, async (tx) => {
      const made = await this.items.insertOne({ ...body, description: body.description ?? null });
      const details = { after: pick(made, AUDITED) };
      await audit(tx, { actor_id: caller.id, action: 'item.created', subject: `items/${made.id}`, details });
      return made;
    });
  }

  /** What is absent stays, null clears, a value sets. Throws itemNotFound. */
  patch(caller: Caller, id: number, patch: ItemPatch): Promise<Item> {
    return transaction(this.items.manager, async (tx) => {
      const found = await this.locked(id);
      const changes = changesOf(patch, found);
      const details = { ...difference(found, changes, AUDITED) };
      await audit(tx, { actor_id: caller.id, action: 'item.updated', subject: `items/${id}`, details });
      return this.items.updateOne(found, changes);
    });
  }

  /** Throws itemNotFound, and itemInUse while orders refer to it. */
  async remove(caller: Caller, id: number): Promise<void> {
    try {
      await transaction(this.items.manager, async (tx) => {
        const found = await this.locked(id);
        await this.items.deleteOne(found);
        const details = { before: pick(found, AUDITED) };
        await audit(tx, { actor_id: caller.id, action: 'item.deleted', subject: `items/${id}`, details });
      });
    } catch (error) {
      if (violatedConstraint(error) === 'orders_item_id_fkey') throw itemInUse(String(id));
      throw error;
    }
  }

  private async locked(id: number): Promise<Item> {
    const found = await this.items.lock(id);
    if (!found) throw itemNotFound(String(id));
    return found;
  }
}
