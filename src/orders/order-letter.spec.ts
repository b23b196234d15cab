import { readConfig } from '../config/config.js';
import { Item } from '../items/item.entity.js';
import { User } from '../users/user.entity.js';
import { Order, OrderStatus } from './order.entity.js';
import { orderLetter } from './order-letter.js';

const user = Object.assign(new User(), { name: 'Ann Lee' });
const item = Object.assign(new Item(), { name: 'Lamp' });
const order = Object.assign(new Order(), {
  id: 7,
  quantity: 2,
  total_cents: 2410,
  status: OrderStatus.paid,
  created_at: new Date('2026-07-31T09:30:00.000Z'),
  item,
});

it('the mail contains the item, date, prices and status of the order', () => {
  const { subject, text } = orderLetter(order, user, readConfig({ CURRENCY: 'EUR' }));
  expect(subject).toBe('Your order 7');
  expect(text).toBe(
    [
      'Hello Ann Lee,',
      'Thank you for your order.',
      [
        'Order: 7',
        'Date: 31 July 2026, 09:30 UTC',
        'Status: Paid',
        'Unit price: EUR 12.05',
        '2 × Lamp: EUR 24.10',
        'Total: EUR 24.10',
      ].join('\n'),
      '-- \nAerie sent you this mail because you placed this order.\n',
    ].join('\n\n'),
  );
});

it('the mail links to the order if APP_URL is set', () => {
  const { text, html } = orderLetter(order, user, readConfig({ APP_URL: 'https://app.example' }));
  expect(text).toContain('View your order:\nhttps://app.example/orders/7\n');
  expect(html).toContain('href="https://app.example/orders/7"');
});
