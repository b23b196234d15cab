import { money } from './money.js';

it.each([
  [2410, 'USD', 'USD 24.10'],
  [5, 'EUR', 'EUR 0.05'],
  [123_456_789, 'CHF', 'CHF 1,234,567.89'],
  [0, 'USD', 'USD 0.00'],
])('%d cents in %s are formatted as %s', (cents, currency, text) => {
  expect(money(cents, currency)).toBe(text);
});
