import { anItem } from './support/factories.js';
import type { Resource } from './support/resource.js';

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
  shows: { items: ['name', 'description'] },
} satisfies Resource;
