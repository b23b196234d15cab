import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type Tokens } from '../../client/dist/index.js';
import { json, scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const ORDER = { item_id: 1, quantity: 1 };

const servers: Server[] = [];

afterAll(() => servers.forEach((server) => server.close()));

it('fetch is called as a function, because a method of another object is an illegal invocation in browsers', async () => {
  const receivers: unknown[] = [];
  async function fetch(this: unknown) {
    receivers.push(this);
    return json(200, { id: 1 });
  }
  await createClient({ baseUrl: 'http://api.example', fetch }).items.get(1);
  expect(receivers).toEqual([undefined]);
});

it('a proxy that redirects cannot turn a POST into a GET', async () => {
  const methods: string[] = [];
  const server = createServer(({ method, url }, response) => {
    methods.push(method!);
    if (!url!.startsWith('/orders/')) response.writeHead(301, { Location: '/orders/' }).end();
    else response.setHeader('Content-Type', 'application/json').end('[]');
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const client = createClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    retries: { budget: 0 },
  });
  expect(await thrownBy(client.orders.place(ORDER))).toMatchObject({ kind: 'connection', operation: 'placeOrder' });
  for await (const order of client.orders.list()) expect(order).toBeUndefined();
  expect(methods).toEqual(['POST', 'GET', 'GET']);
});

it('options that are undefined have their defaults', async () => {
  const none = { deadlineMs: undefined, attemptMs: undefined, budget: undefined, maxPauseMs: undefined };
  const { client, requests } = scripted(['cut', json(201, { id: 7 })], none);
  expect(await client.orders.place(ORDER)).toEqual({ id: 7 });
  expect(requests).toHaveLength(2);
});

it('there is no session without stored tokens', async () => {
  const stored = JSON.parse('null') as Tokens | null;
  const { client, requests } = scripted([json(200, [])], {}, { tokens: stored });
  expect(client.auth.isSignedIn).toBe(false);
  for await (const item of client.items.list()) expect(item).toBeUndefined();
  expect(requests.map(({ headers }) => headers.get('Authorization'))).toEqual([null]);
});

it('an error of onTokens is not one of the connection', async () => {
  const full = new Error('The quota has been exceeded');
  const tokens = { access_token: 'old', refresh_token: 'refresh-1', expires_at: 0 };
  const onTokens = () => {
    throw full;
  };
  const { client, requests } = scripted([json(200, { ...tokens, expires_in: 900 })], {}, { tokens, onTokens });
  expect(await thrownBy(client.profile.get())).toBe(full);
  expect(requests).toHaveLength(1);
});
