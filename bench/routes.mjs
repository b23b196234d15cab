import { PASSWORD } from './data.mjs';

const PAGE = 10;
const KEYS = 50;

/** Returns KEYS requests for rows that are spread over the table. */
const spread = (rows, request) => Array.from({ length: KEYS }, (_, i) => request(1 + Math.floor((i * rows) / KEYS)));

/** Gets access tokens of the admin and of a user from Aerie. The `others` use the same key and sessions. */
export async function signIn(aerie, ...others) {
  const [admin, user] = await Promise.all([1, 2].map((id) => token(aerie, `user${id}@bench.example`)));
  for (const server of [aerie, ...others]) server.tokens = { admin, user };
}

export async function token({ url }, username) {
  const body = new URLSearchParams({ username, password: PASSWORD });
  const answer = await fetch(`${url}/auth/token`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`No token for ${username}: ${await answer.text()}`);
  return `Bearer ${(await answer.json()).access_token}`;
}

/**
 * Returns the routes to measure. Each has requests that are sent in turn and a `target` for the ratio to the floor (CPU
 * per request). Expensive ones have the `share` of the usual number of requests. `as` is the caller. `writes` marks
 * routes whose responses differ in ids and times.
 */
export function routes(size) {
  const as = (who, path) => ({ as: who, path });
  const place = (body) => ({
    method: 'POST',
    path: '/orders',
    as: 'user',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const far = size.users / PAGE / 2;
  const farOrders = size.orders / 2;
  const after = (rows) => `after=${rows}.${rows}`;
  return [
    { name: 'GET /', target: 3.5, requests: [{ path: '/' }] },
    { name: 'GET /items/{id}', target: 1.7, requests: spread(size.items, (id) => ({ path: `/items/${id}` })) },
    {
      name: 'GET /users/{id} as admin',
      target: 1.4,
      requests: spread(size.users, (id) => as('admin', `/users/${id}`)),
    },
    { name: 'GET /profile', target: 1.4, requests: [as('user', '/profile')] },
    { name: 'GET /users?page=3', target: 1.5, requests: [as('admin', `/users?page=3&limit=${PAGE}`)] },
    {
      name: `GET /users?page=${far}`,
      target: 1.5,
      share: 0.3,
      requests: [as('admin', `/users?page=${far}&limit=${PAGE}`)],
    },
    {
      name: `GET /users, page ${far} by its link`,
      target: 1.5,
      requests: [as('admin', `/users?limit=${PAGE}&${after((far - 1) * PAGE)}`)],
    },
    { name: 'GET /orders, page 1', target: 1.5, requests: [as('admin', `/orders?limit=${PAGE}`)] },
    {
      name: `GET /orders, page ${farOrders / PAGE} by its link`,
      target: 1.5,
      requests: [as('admin', `/orders?limit=${PAGE}&${after(farOrders - PAGE)}`)],
    },
    {
      name: 'POST /orders',
      target: 1.7,
      share: 0.3,
      writes: true,
      requests: spread(size.items, (item_id) => place({ item_id, quantity: 1 })),
    },
    { name: 'POST /orders, 422', target: 2.0, requests: [place({ item_id: 'x', quantity: 0 })] },
    { name: 'GET /nowhere, 404', target: 4.0, requests: [{ path: '/nowhere' }] },
  ];
}
