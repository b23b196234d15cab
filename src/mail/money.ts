/** By currency, each made when it is first used: making one takes as long as writing a mail. */
const formats = new Map<string, Intl.NumberFormat>();

/** An amount as mails write it: `USD 24.10`. The code of the currency is understood everywhere, its symbol is not. */
export function money(cents: number, currency: string): string {
  return formatOf(currency)
    .format(cents / 100)
    .replaceAll('\u00a0', ' ');
}

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  formats.set(currency, format);
  return format;
}
