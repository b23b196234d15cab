interface ExplorerDocument {
  keepDocument(document: object): void;
  pathOfRequest(request: { url: string; method: string }): string | undefined;
}

const SCRIPT: string = './assets/explorer-document.js';
const origin = 'http://api.example.com';
const get = { get: {} };
const paths = {
  '/users': { get: {}, post: {} },
  '/users/me': get,
  '/users/{user_id}': { get: {}, delete: {} },
  '/users/{user_id}/posts': get,
  '/posts': get,
};

describe('pathOfRequest', () => {
  let explorer: ExplorerDocument;

  beforeAll(async () => {
    Object.assign(globalThis, { location: new URL(`${origin}/docs`) }); // the script expects a browser page
    explorer = (await import(SCRIPT)) as ExplorerDocument;
    explorer.keepDocument({ paths });
  });

  it.each([
    ['GET', '/users?page=2', '/users'],
    ['GET', '/users/me', '/users/me'],
    ['GET', '/users/7', '/users/{user_id}'],
    ['GET', '/users/7/posts', '/users/{user_id}/posts'],
    ['GET', '/prefix/users/7', '/users/{user_id}'],
    ['DELETE', '/users/me', '/users/{user_id}'],
    ['PUT', '/users', undefined],
    ['GET', '/openapi.json', undefined],
  ])('for %s %s returns %s', (method, address, path) => {
    expect(explorer.pathOfRequest({ method, url: `${origin}${address}` })).toBe(path);
  });
});
