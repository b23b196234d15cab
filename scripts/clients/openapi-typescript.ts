import createClient from 'openapi-fetch';
import type { paths } from './gen/openapi-typescript.js';
import { play } from './scenario.js';

const client = createClient<paths>({ baseUrl: process.argv[2]! });
let token: string | undefined;
client.use({
  onRequest: ({ request }) => (token ? request.headers.set('Authorization', `Bearer ${token}`) : undefined),
});

await play('openapi-typescript', {
  signIn: async (username, password) => {
    const { data, response } = await client.POST('/auth/token', {
      body: { grant_type: 'password', username, password, scope: '' },
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    token = data?.access_token ?? token;
    const { status, headers } = response;
    return data ? { status, headers, refresh_token: data.refresh_token } : { status, headers };
  },
  refresh: async (refresh_token) => {
    const { response } = await client.POST('/auth/token', {
      body: { grant_type: 'refresh_token', refresh_token, scope: '' },
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    return response.status;
  },
  order: async (item_id, quantity) => {
    const { data, error, response } = await client.POST('/orders', { body: { item_id, quantity } });
    if (data) return { status: response.status, id: data.id };
    const detail = error.detail;
    return { status: response.status, wrong: typeof detail === 'string' ? [] : (detail ?? []).map(({ loc }) => loc) };
  },
  items: async (after) => {
    const { data, response } = await client.GET('/items', {
      params: { query: { limit: 4, ...(after ? { after } : {}) } },
    });
    return { ids: data!.items.map(({ id }) => id), headers: response.headers };
  },
  exported: async () => (await client.GET('/export', { parseAs: 'text' })).data!,
});
