import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { difference, pick } from '../audit/difference.js';
import { read } from '../kernel/database/read.js';
import { searched } from '../kernel/database/search.js';
import { transaction } from '../kernel/database/transaction.js';
import { insert, remove, update } from '../kernel/database/write.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import type { Caller } from '../kernel/access/access.js';
import type { Page } from '../kernel/database/page.js';
import { slice } from '../kernel/http/pagination.js';
import { changesOf } from '../kernel/validation/changes.js';
import { Item } from './item.entity.js';
import type { ItemCreate, ItemListQuery, ItemPatch } from './items.dto.js';
import { itemInUse, itemNotFound } from './items.errors.js';

/** What the audit trail tells of a change. */
const AUDITED = ['name', 'description', 'price_cents', 'stock'] as const;

const items = read(Item);
const item = items.where('id = :id');

@Injectable()
export class ItemsService {
  constructor(private readonly db: EntityManager) {}

  list({ search, ...page }: ItemListQuery): Promise<Page<Item>> {
    const { rows, parameters } = searched(items, ['name'], search);
    return slice(this.db, rows, page, parameters);
  }

  /** Throws itemNotFound. */
  async get(id: number): Promise<Item> {
    const found = await item.one(this.db, { id });
    if (!found) throw itemNotFound(String(id));
    return found;
  }

  create(caller: Caller, body: ItemCreate): Promise<Item> {
    return transaction(this.db, async (tx) => {
      const made = await insert(tx, Item, { ...body, description: body.description ?? null });
      const details = { after: pick(made, AUDITED) };
      await audit(tx, { actor_id: caller.id, action: 'item.created', subject: `items/${made.id}`, details });
      return made;
    });
  }

  /** What is absent stays, null clears, a value sets. Throws itemNotFound. */
  patch(caller: Caller, id: number, patch: ItemPatch): Promise<Item> {
    const changes = changesOf(patch);
    return transaction(this.db, async (tx) => {
      const found = await locked(tx, id);
      const details = { ...difference(found, changes, AUDITED) };
      await audit(tx, { actor_id: caller.id, action: 'item.updated', subject: `items/${id}`, details });
      return update(tx, Item, found, changes);
    });
  }

  /** Throws itemNotFound, and itemInUse while orders refer to it. */
  async remove(caller: Caller, id: number): Promise<void> {
    try {
      await transaction(this.db, async (tx) => {
        const found = await locked(tx, id);
        await remove(tx, Item, found);
        const details = { before: pick(found, AUDITED) };
        await audit(tx, { actor_id: caller.id, action: 'item.deleted', subject: `items/${id}`, details });
      });
    } catch (error) {
      if (violatedConstraint(error) === 'orders_item_id_fkey') throw itemInUse(String(id));
      throw error;
    }
  }
}

async function locked(tx: EntityManager, id: number): Promise<Item> {
  const found = await item.locked('pessimistic_write').one(tx, { id });
  if (!found) throw itemNotFound(String(id));
  return found;
}
