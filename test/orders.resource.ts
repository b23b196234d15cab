import { anOrder, type OrderState } from './support/factories.js';
import type { Resource } from './support/resource.js';

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
  shows: { orders: ['status'] },
} satisfies Resource;
