import { anOrder, type OrderState } from '../support/factories.js';
import type { Resource } from '../support/resource.js';

export default {
  access: {
    placeOrder: 'caller',
    listOrders: 'caller',
    getOrder: 'own',
    payOrder: 'own',
    shipOrder: 'admin',
    cancelOrder: 'own',
  },
  subjects: {
    order_id: {
      table: 'orders',
      make: ({ id }, state) => anOrder({ user_id: id, status: state as OrderState }),
    },
  },
  filters: {
    item_id: ['1000008', '1'],
    min_total_cents: ['0', '500', '5000', '100000'],
    max_total_cents: ['0', '500', '100000'],
  },
  shows: { orders: ['status'] },
} satisfies Resource;
