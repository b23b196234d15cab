import { readFileSync } from 'node:fs';

interface Explorer {
  keepDocument(document: object): void;
  textOf(path: string, method: string): string;
  isFound(words: readonly string[], text: string, path: string): boolean;
}

const DOCUMENT: string = './assets/explorer-document.js';
const SEARCH: string = './assets/explorer-search.js';
const api = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { tags: string[] }>>;
};

describe('the search', () => {
  let explorer: Explorer;

  beforeAll(async () => {
    // the script expects a browser page
    Object.assign(globalThis, { location: new URL('http://api.example.com/docs') });
    explorer = { ...(await import(DOCUMENT)), ...(await import(SEARCH)) } as Explorer;
    explorer.keepDocument(api);
  });

  const found = (phrase: string) =>
    Object.entries(api.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method, { tags }]) =>
          explorer.isFound(phrase.split(' '), `${tags[0]} ${explorer.textOf(path, method)}`, path),
        )
        .map(([method]) => `${method} ${path}`),
    );

  it.each([
    ['login', 'post /auth/token'],
    ['2fa', 'post /auth/totp'],
    ['stock', 'get /items'],
    ['stock', 'post /items'], // a field of the body
    ['sort', 'get /orders'],
    ['pagination', 'get /users'],
    ['min_price_cents', 'get /items'],
    ['post orders', 'post /orders'],
    ['idempotency', 'post /orders'],
    ['listusers', 'get /users'],
    ['register', 'post /users'],
    ['upload', 'post /users/import'],
    ['csv', 'post /exports'], // a value of a field of the body
    ['paid', 'get /orders'], // a value of a parameter
    ['product', 'get /items'],
    ['checkout', 'post /orders'],
    ['refund', 'post /orders/{order_id}/cancellation'],
    ['ban', 'post /users/{user_id}/deactivation'],
    ['blog', 'get /api/v1/posts'],
    ['jwt', 'post /auth/token'],
    ['api-key', 'post /auth/access-tokens'],
    ['/users/{id}', 'get /users/{user_id}'],
    ['/users/7/role', 'put /users/{user_id}/role'],
    ['put /users/:id/ro', 'put /users/{user_id}/role'],
    ['http://127.0.0.1:8000/orders/7?x=1', 'get /orders/{order_id}'],
  ])('for %s finds %s', (phrase, operation) => {
    const all = found(phrase);
    expect(all).toContain(operation);
    expect(all.length).toBeLessThan(Object.keys(api.paths).length);
  });

  it('finds nothing if one of the words does not occur', () => {
    expect(found('get zzz')).toEqual([]);
    expect(found('/items/7/nothing')).toEqual([]);
    expect(found('/item/7')).toEqual([]);
  });
});
