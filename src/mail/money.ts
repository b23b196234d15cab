/** The formats by currency, created on first use: creating one takes as long as rendering a mail. */
const formats = new Map<string, Intl.NumberFormat>();

/** Formats an amount for mails: `USD 24.10`. Currency codes are unambiguous, symbols are not. */
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
