import { readConfig } from '../../src/config/config.js';
import { Item } from '../../src/items/item.entity.js';
import { Order, OrderStatus } from '../../src/orders/order.entity.js';
import { orderLetter } from '../../src/orders/order-letter.js';
import { User } from '../../src/users/user.entity.js';
import { findChromium, launch } from '../docs/browser.js';

const chromium = findChromium('the layout of mails is');
const PHONE = { width: 390, height: 844 };

/** Returns the HTML of the confirmation of an order. */
function orderOf(item: string, name: string): string {
  const order = Object.assign(new Order(), {
    id: 1001,
    quantity: 3,
    total_cents: 123_456_789,
    status: OrderStatus.paid,
    created_at: new Date('2026-09-28T09:30:00.000Z'),
    item: Object.assign(new Item(), { name: item }),
  });
  return orderLetter(order, Object.assign(new User(), { name }), readConfig({})).html;
}

(chromium ? it : it.skip)('mails fit the width of a phone screen, also with long words', async () => {
  const browser = await launch(chromium!);
  const page = await browser.newPage({ viewport: PHONE });
  for (const html of [orderOf('Desk lamp', 'Ann Lee'), orderOf('W'.repeat(200), 'W'.repeat(100))]) {
    await page.setContent(html);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
  }
  await browser.close();
});
