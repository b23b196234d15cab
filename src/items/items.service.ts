import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditedRows } from '../audit/audited-rows.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { CREATED_FILTERS, range, sortOf } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import { transaction } from '../kernel/database/transaction.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import { existing } from '../kernel/errors/existing.js';
import type { Caller } from '../kernel/access/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { Item } from './item.entity.js';
import type { ItemCreate, ItemListQuery, ItemPatch } from './items.dto.js';
import { itemInUse, itemNotFound } from './items.errors.js';

const trail = new AuditedRows<Item>('item', ['name', 'description', 'price_cents', 'stock']);

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
    return existing(await this.items.findById(id), itemNotFound, id);
  }

  create(caller: Caller, body: ItemCreate): Promise<Item> {
    return transaction(this.items.manager, async (tx) => {
      const made = await this.items.insertOne({ ...body, description: body.description ?? null });
      await trail.created(tx, caller.id, made);
      return made;
    });
  }

  /** Changes the fields that are present; null clears a field. Throws itemNotFound. */
  patch(caller: Caller, id: number, patch: ItemPatch): Promise<Item> {
    return transaction(this.items.manager, async (tx) => {
      const found = existing(await this.items.lock(id), itemNotFound, id);
      const changes = changesOf(patch, found);
      await trail.updated(tx, caller.id, found, changes);
      return this.items.updateOne(found, changes);
    });
  }

  /** Throws itemNotFound, and itemInUse while orders refer to it. */
  async remove(caller: Caller, id: number): Promise<void> {
    try {
      await transaction(this.items.manager, async (tx) => {
        const found = existing(await this.items.lock(id), itemNotFound, id);
        await this.items.deleteOne(found);
        await trail.deleted(tx, caller.id, found);
      });
    } catch (error) {
      if (violatedConstraint(error) === 'orders_item_id_fkey') throw itemInUse(String(id));
      throw error;
    }
  }
}
