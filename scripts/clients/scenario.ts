/** The calls that the check needs from each generated client. */
export interface Shop {
  signIn(username: string, password: string): Promise<{ status: number; refresh_token?: string; headers: Headers }>;
  /** Sends the OAuth 2 grant `refresh_token`. Returns the status. */
  refresh(refresh_token: string): Promise<number>;
  order(item_id: number, quantity: number): Promise<{ status: number; id?: number; wrong?: (string | number)[][] }>;
  items(after: string | undefined): Promise<{ ids: number[]; headers: Headers }>;
  exported(): Promise<string>;
}

const USER = 'ann@aerie.example'; // an account of the demo data
const PAGE_MAX = 100;

/** Runs the whole scenario and prints one line. Throws at the first response that is not read as expected. */
export async function play(client: string, shop: Shop): Promise<void> {
  const signedIn = await shop.signIn(USER, 'Password1');
  const { refresh_token } = signedIn;
  if (refresh_token === undefined) throw new Error(`The client could not sign in: ${signedIn.status}`);
  const status = await shop.refresh(refresh_token);
  expect(status === 200, 'refreshes', status);
  const ids = await walk(shop);
  expect(ids.length > 10 && new Set(ids).size === ids.length, 'walks the pages', ids);
  const order = await shop.order(ids[0]!, 1);
  expect(order.status === 201 && order.id !== undefined, 'orders', order);
  const refused = await shop.order(ids[0]!, 0);
  const places = refused.wrong?.map((loc) => loc.join('.')).join();
  expect(refused.status === 422 && places === 'body.quantity', 'reads a 422', refused);
  const csv = await shop.exported();
  expect(csv.startsWith('id,user_id,') && csv.includes(`\n${order.id},`), 'reads an export', csv);
  const seconds = await guess(shop, `nobody.${client}@example.com`);
  console.log(
    `${client}: signed in, refreshed, ${ids.length} items by their pages, order ${order.id}, 422, CSV, 429 for ${seconds} s`,
  );
}

async function walk(shop: Shop): Promise<number[]> {
  const found: number[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGE_MAX; page++) {
    const { ids, headers } = await shop.items(after);
    found.push(...ids);
    const next = /<([^>]*)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1];
    if (next === undefined) return found;
    after = new URL(next, 'http://aerie').searchParams.get('after') ?? undefined;
  }
  throw new Error(`The list has more than ${PAGE_MAX} pages`);
}

/** Sends wrong passwords until the API answers 429. Returns the seconds to wait. */
async function guess(shop: Shop, name: string): Promise<number> {
  for (let i = 0; i < 10; i++) {
    const { status, headers } = await shop.signIn(name, 'Password2');
    if (status === 429) return Number(headers.get('Retry-After'));
    expect(status === 401, 'reads a 401', status);
  }
  throw new Error('Ten wrong passwords were not answered with 429');
}

function expect(holds: boolean, what: string, got: unknown): void {
  if (!holds) throw new Error(`The client failed a check (${what}): ${JSON.stringify(got)}`);
}
