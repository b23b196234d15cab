import { complaintsAbout } from './compile.js';

/** Programs, and the error that the compiler must report. Correct programs have none. */
const PROGRAMS: [string, RegExp?][] = [
  [
    `const order: OrderResponse = await client.orders.place({ item_id: 1, quantity: 2 }); export const cents: number = order.total_cents;`,
  ],
  [`await client.orders.place({ item_id: 1, quantity: 2, colour: 'red' });`, /'colour' does not exist/],
  [`await client.orders.place({ item_id: 1 });`, /'quantity' is missing/],
  [`await client.orders.place({ item_id: '1', quantity: 2 });`, /'string' is not assignable to type 'number'/],
  [`await client.orders.place();`, /Expected 1-2 arguments/],
  [`export const colour = (await client.orders.get(1)).colour;`, /'colour' does not exist/],
  [
    `for await (const { status } of client.orders.list({ status: 'paid' })) export_(status); function export_(_: 'new' | 'paid' | 'sent' | 'cancelled') {}`,
  ],
  [`client.orders.list({ status: 'lost' });`, /'"lost"' is not assignable/],
  [`client.orders.list({ colour: 'red' });`, /'colour' does not exist/],
  [`for await (const order of client.orders.list()) order.colour;`, /'colour' does not exist/],
  [`for await (const item of client.items.list()) item.price_cents.toFixed();`],
  [`await client.orders.get('7');`, /'string' is not assignable to parameter of type 'number'/],
  [`await client.sessions.end('0190b2a4-0000-7000-8000-000000000000');`],
  [`await client.sessions.end(7);`, /'number' is not assignable to parameter of type 'string'/],
  [`await client.exports.create({ format: 'xml' });`, /'"xml"' is not assignable/],
  [`await client.items.update(1, ({ stock }) => ({ stock: stock + 1 }));`],
  [`await client.items.update(1, ({ stock }) => ({ stocks: stock + 1 }));`, /'never'/],
  [`await client.items.update(1, ({ stock }) => ({ stock, stocks: 1 }));`, /'never'/],
  [`await client.items.update(1, async ({ stock, description }) => ({ stock, description, name: 'Lamp' }));`],
  [`await client.profile.update(({ tags }) => ({ tags, bios: '' }));`, /'never'/],
  [`await client.items.update(1, () => ({ stock: '1' }));`, /'string'/],
  [`await client.items.update(1, ({ stock }) => (stock > 1 ? { stock: 1 } : { name: 'Lamp' }));`],
  [`await client.items.update(1, ({ colour }) => ({ name: colour }));`, /'colour' does not exist/],
  [`await client.items.update(1, () => ({ stock: 1 }), { idempotencyKey: 'x' });`, /'idempotencyKey' does not exist/],
  [`const { data } = await client.send('getDashboard', { query: { user_id: 1 } }); data.stats.toString();`],
  [`await client.send('live');`],
  [`await client.send('exportOrders', {}, { attemptMs: 60_000, deadlineMs: 120_000 });`],
  [`await client.items.update(1, () => ({ stock: 1 }), { attemptMs: 5000 });`],
  [`await client.exports.download(1, { attemptMs: 5000 });`],
  [`await client.send('getDashboards');`, /"getDashboards"' is not assignable/],
  [`await client.send('getItem');`, /Expected 2-3 arguments/],
  [`await client.send('getItem', { path: { id: 1 } });`, /'id' does not exist/],
  [`const nothing: undefined = await client.posts.delete(1); export { nothing };`],
  [
    `try { await client.profile.get() } catch (error) { const { kind } = error as ClientError; if (kind === 'apis') throw error; }`,
    /no overlap/,
  ],
  [
    `try { await client.profile.get() } catch (caught) { const error = caught as ClientError; if (error.kind === 'api') error.fields.map(({ path, type }) => [path, type]); }`,
  ],
];

const complaints = complaintsAbout(PROGRAMS.map(([text]) => text));

it.each(PROGRAMS.map(([text, wrong], i) => [text, wrong, complaints[i]!] as const))('%s', (_, wrong, found) => {
  expect(found).toEqual(wrong === undefined ? [] : [expect.stringMatching(wrong)]);
});
