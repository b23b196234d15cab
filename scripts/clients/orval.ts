import { exportOrders, listItems, placeOrder, signIn } from './gen/orval/fetch.js';
import { CreateUserBody, ListItemsResponse, PlaceOrderBody, PlaceOrderResponse, SignInBody } from './gen/orval/zod.js';
import { play } from './scenario.js';

let token: string | undefined;
const asCaller = () => (token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });

// A form checks these rules before it sends. Good values must pass, bad values must not.
const person = { email: 'ann@example.com', name: 'Ann', password: 'Password1' };
for (const password of ['Password1', 'Größe-und-Länge', 'ΩΩΩΩΩΩΩΩ', 'four Words of it'])
  CreateUserBody.parse({ ...person, password });
if (CreateUserBody.safeParse({ ...person, password: 'short' }).success) throw new Error('A short password passes');
if (PlaceOrderBody.safeParse({ item_id: 1, quantity: 0 }).success) throw new Error('A quantity of 0 passes');

await play('orval', {
  signIn: async (username, password) => {
    const { status, data, headers } = await signIn(SignInBody.parse({ username, password }));
    if (status !== 200) return { status, headers };
    token = data.access_token;
    return { status, headers, refresh_token: data.refresh_token };
  },
  refresh: async (refresh_token) =>
    (await signIn(SignInBody.parse({ grant_type: 'refresh_token', refresh_token }))).status,
  order: async (item_id, quantity) => {
    const { status, data } = await placeOrder({ item_id, quantity }, asCaller());
    if (status === 201) return { status, id: PlaceOrderResponse.parse(data).id };
    const { detail } = data;
    return { status, wrong: typeof detail === 'string' ? [] : detail.map(({ loc }) => loc) };
  },
  items: async (after) => {
    const { data, headers } = await listItems({ limit: 4, ...(after ? { after } : {}) });
    return { ids: ListItemsResponse.parse(data).items.map(({ id }) => id), headers };
  },
  exported: async () => {
    const exported = await exportOrders(undefined, asCaller());
    if (exported.status !== 200) throw new Error('The export is refused');
    return exported.data;
  },
});
