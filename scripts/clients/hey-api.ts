import { client } from './gen/hey-api/client.gen.js';
import { exportOrders, listItems, placeOrder, signIn } from './gen/hey-api/index.js';
import { play } from './scenario.js';

let token: string | undefined;
client.setConfig({ baseUrl: process.argv[2]!, auth: () => token });

await play('hey-api', {
  signIn: async (username, password) => {
    const { data, response } = await signIn({ body: { username, password } });
    token = data?.access_token ?? token;
    const { status, headers } = response!;
    return data ? { status, headers, refresh_token: data.refresh_token } : { status, headers };
  },
  refresh: async (refresh_token) =>
    (await signIn({ body: { grant_type: 'refresh_token', refresh_token } })).response!.status,
  order: async (item_id, quantity) => {
    const { data, error, response } = await placeOrder({ body: { item_id, quantity } });
    if (data) return { status: response!.status, id: data.id };
    const detail = error?.detail;
    return { status: response!.status, wrong: typeof detail === 'string' ? [] : (detail ?? []).map(({ loc }) => loc) };
  },
  items: async (after) => {
    const { data, response } = await listItems({ query: { limit: 4, ...(after ? { after } : {}) } });
    return { ids: data!.items.map(({ id }) => id), headers: response!.headers };
  },
  exported: async () => (await exportOrders()).data!,
});
