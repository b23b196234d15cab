import { namedError } from '../kernel/errors/app-error.js';

export const orderNotFound = namedError(404, (_id: string) => 'Order not found', '42');
export const outOfStock = namedError(
  409,
  (left: number, item_id: number) => `Only ${left} of item ${item_id} left`,
  2,
  7,
);
export const wrongState = namedError(
  409,
  (status: string, wanted: string) =>
    status === wanted ? `This order is already ${status}` : `This order is ${status} and can't be ${wanted}`,
  'sent',
  'cancelled',
);
