/** An amount as mails write it: `USD 24.10`. The code of the currency is understood everywhere, its symbol is not. */
export function money(cents: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  return format.format(cents / 100).replaceAll('\u00a0', ' ');
}
