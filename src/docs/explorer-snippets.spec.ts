import { spawnSync } from 'node:child_process';

interface Given {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type Snippet = (request: { get: (name: keyof Given) => unknown }) => string;

const SCRIPT: string = './assets/explorer-snippets.js';
const order: Given = {
  url: "http://api.example.com/orders?note=it's",
  method: 'POST',
  headers: { Authorization: 'Bearer abc.def', 'Content-Type': 'application/json' },
  body: `{"note": "it's new: \\"ä😀\\"\n$HOME"}`,
};

/** Returns a request as Swagger UI passes it: an Immutable map whose headers are a map too. */
const asMap = (given: Given) => ({
  get: (name: keyof Given) => (name === 'headers' ? { toJS: () => given.headers } : given[name]),
});

let snippets: Record<'fetchSnippet' | 'pythonSnippet' | 'httpieSnippet', Snippet>;

beforeAll(async () => {
  snippets = (await import(SCRIPT)) as typeof snippets;
});

it('the JavaScript snippet sends the same request', async () => {
  const sent: unknown[] = [];
  const fetch = (...given: unknown[]) => {
    sent.push(...given);
    return Promise.resolve(new Response('ok'));
  };
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>;
  await new AsyncFunction('fetch', 'console', snippets.fetchSnippet(asMap(order)))(fetch, { log: () => {} });
  const { url, method, headers, body } = order;
  expect(sent).toEqual([url, { method, headers, body }]);
});

it('the HTTPie snippet sends the same request', () => {
  const script = `http() { printf '%s\\0' "$@"; }\n${snippets.httpieSnippet(asMap(order))}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env: { HOME: '/elsewhere' } });
  const { url, body } = order;
  const fields = ['Authorization:Bearer abc.def', 'Content-Type:application/json'];
  expect([stderr, stdout.split('\0').slice(0, -1)]).toEqual(['', ['POST', url, ...fields, '--raw', body]]);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

(hasPython ? it : it.skip)('the Python snippet sends the same request', () => {
  const mock = `
import json, sys, types
def request(method, url, headers, data=None):
    print(json.dumps([method, url, headers, data.decode()]))
    return types.SimpleNamespace(status_code=200, text='')
sys.modules['requests'] = types.SimpleNamespace(request=request)
`;
  const script = mock + snippets.pythonSnippet(asMap(order));
  const { stdout, stderr } = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
  const { method, url, headers, body } = order;
  expect([stderr, JSON.parse(stdout.split('\n')[0]!)]).toEqual(['', [method, url, headers, body]]);
});

it.each(['fetchSnippet', 'pythonSnippet', 'httpieSnippet'] as const)(
  '%s contains no body if the request has none, and refers to a file for a binary body',
  (name) => {
    const read = { url: 'http://api.example.com/items', method: 'GET' };
    expect(snippets[name](asMap(read))).not.toMatch(/body|data|--raw|FILE/);
    expect(snippets[name](asMap({ ...read, method: 'POST', body: new Blob(['a']) }))).toMatch(/file|FILE/);
  },
);
