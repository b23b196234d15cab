import { anItem } from '../support/factories.js';
import type { Resource } from '../support/resource.js';

export default {
  access: {
    listItems: 'public',
    createItem: 'admin',
    getItem: 'public',
    patchItem: 'admin',
    replaceItem: 'admin',
    deleteItem: 'admin',
  },
  subjects: {
    item_id: { table: 'items', make: () => anItem() },
  },
  filters: {
    min_price_cents: ['0', '500', '100000'],
    max_price_cents: ['500', '100000'],
    min_stock: ['0', '50', '1000', '100000'],
    max_stock: ['0', '50', '100000'],
  },
  shows: { items: ['name', 'description'] },
} satisfies Resource;
