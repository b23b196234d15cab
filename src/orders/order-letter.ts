import type { Config } from '../config/config.js';
import { letter, type Block, type Rendered } from '../mail/letter.js';
import { money } from '../mail/money.js';
import type { User } from '../users/user.entity.js';
import { OrderStatus, type Order } from './order.entity.js';

const STATUSES: Readonly<Record<OrderStatus, string>> = {
  [OrderStatus.new]: 'New',
  [OrderStatus.paid]: 'Paid',
  [OrderStatus.sent]: 'Sent',
  [OrderStatus.cancelled]: 'Cancelled',
};

/**
 * Returns the confirmation of an order: what was ordered, when, and the price. If there is a front end, it links to the
 * order's page.
 */
export function orderLetter(order: Order, user: User, { values }: Config): Rendered & { readonly subject: string } {
  const subject = `Your order ${order.id}`;
  const { APP_URL, CURRENCY } = values;
  const total = money(order.total_cents, CURRENCY);
  const facts: Block = {
    facts: [
      ['Order', String(order.id)],
      ['Date', dateOf(order.created_at)],
      ['Status', STATUSES[order.status]],
      ['Unit price', money(order.total_cents / order.quantity, CURRENCY)],
      [`${order.quantity} × ${order.item!.name}`, total],
      ['Total', total],
    ],
  };
  const link: Block[] =
    APP_URL === undefined ? [] : [{ action: 'View your order', url: `${APP_URL}/orders/${order.id}` }];
  const why: Block = { sentBecause: 'you placed this order' };
  return { subject, ...letter(subject, `Hello ${user.name},`, 'Thank you for your order.', facts, ...link, why) };
}

/** Created once, with the first mail: creating a format takes as long as the rest of a mail. */
let dateFormat: Intl.DateTimeFormat | undefined;

/** Returns a date such as `31 July 2026, 09:30 UTC`. The customer's time zone is not known. */
function dateOf(time: Date): string {
  dateFormat ??= new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${dateFormat.format(time).replace(' at ', ', ')} UTC`;
}
