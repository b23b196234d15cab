import { request as httpRequest } from 'node:http';
import { expectNotFound, expectWrongMethod, nestWith } from './client.js';

describe('routes', () => {
  const nest = nestWith('routing/routes');
  const get = (path: string) => nest.get(path);
  const bodyOf = async (path: string) => (await get(path)).body as unknown;
  const hostedBy = async (host: string) => (await get('/hosted').set('Host', host)).text;

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('support %s', async (method) => {
    const answer = await fetch(`${nest.url}/methods/each`, { method });
    expect([answer.status, await answer.text()]).toEqual([method === 'POST' ? 201 : 200, method]);
  });

  it('can have handlers for OPTIONS and HEAD', async () => {
    const options = await nest.options('/methods/each');
    expect([options.status, options.headers['x-by']]).toEqual([204, 'OPTIONS']);
    expect((await nest.head('/methods/head')).headers['x-by']).toBe('HEAD');
    expect((await get('/methods/head')).text).toBe('GET');
  });

  it('answer HEAD like GET without a body if they have no handler for HEAD', async () => {
    const { status, headers, text } = await nest.head('/methods/only');
    expect([status, headers['content-length'], text]).toEqual([200, '8', undefined]);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('with @All() accept %s', async (method) => {
    const answer = await fetch(`${nest.url}/methods/all`, { method });
    expect(await answer.json()).toEqual({ method });
  });

  it('support the methods SEARCH and QUERY', async () => {
    expect(await askBy('SEARCH', `${nest.url}/methods/search`)).toBe('SEARCH');
    if (httpMethods.includes('QUERY')) expect(await askBy('QUERY', `${nest.url}/methods/query`)).toBe('QUERY');
  });

  it('can be declared with @RequestMapping()', async () => {
    expect((await nest.put('/methods/mapped')).text).toBe('mapped');
  });

  it('reject other methods', async () => {
    expectWrongMethod(await nest.post('/methods/only'), 'GET, HEAD');
    expectNotFound(await nest.post('/methods/none'));
  });

  it('can have several paths of the controller and of the method', async () => {
    for (const path of ['/one-name/first', '/one-name/second', '/other-name/first', '/other-name/second'])
      expect((await get(path)).text).toBe('several');
    expect((await get('/other-name')).text).toBe('root');
  });

  it('can have named wildcards', async () => {
    expect(await bodyOf('/wild/files/a/b%20c/d.txt')).toEqual({ path: ['a', 'b c', 'd.txt'] });
    expect(await bodyOf('/wild/maybe/a/b')).toEqual({ rest: ['a', 'b'] });
    expect(await bodyOf('/wild/maybe/')).toEqual({ rest: null });
  });

  it('can have optional parameters and several parameters in one segment', async () => {
    expect(await bodyOf('/wild/optional/7')).toEqual({ id: '7' });
    expect(await bodyOf('/wild/optional')).toEqual({ id: null });
    expect(await bodyOf('/wild/pair/ulm-bern')).toEqual({ from: 'ulm', to: 'bern' });
  });

  it('are matched in the order of their declaration', async () => {
    expect((await get('/wild/static')).text).toBe('static before parameter');
    expect(await bodyOf('/wild/shadowed')).toEqual({ any: 'shadowed' });
    expect(await bodyOf('/wild/files')).toEqual({ any: 'files' }); // a wildcard matches at least one segment
  });

  it('accept a trailing slash', async () => {
    expect((await get('/methods/only/')).text).toBe('only GET');
  });

  it('can be restricted to a host, which can have parameters, or match any host', async () => {
    expect(await hostedBy('admin.example.com')).toBe('admin');
    expect(JSON.parse(await hostedBy('cats.example.org'))).toEqual({ account: 'cats', all: { account: 'cats' } });
    expect(await hostedBy('elsewhere.test')).toBe('any host');
  });
});

describe('paths that start with a parameter', () => {
  const nest = nestWith('routing/parameter-first');
  const bodyOf = async (path: string) => (await nest.get(path)).body as unknown;

  it('are matched like other paths', async () => {
    expect(await bodyOf('/ulm/cats/7')).toEqual({ tenant: 'ulm', id: '7' });
    expect(await bodyOf('/about')).toEqual({ page: 'about' });
  });

  it('do not capture the paths of other routes', async () => {
    expect(await bodyOf('/guarded-pages/one')).toEqual({ guarded: 'one' });
    expectNotFound(await nest.get('/ulm/cats/7/8'));
    if (!nestStock) expect(await bodyOf('/health/live')).toEqual({ status: 'ok' });
  });
});

describe('a global prefix', () => {
  const nest = nestWith('routing/prefix');

  it('applies to every route and to the middleware of a controller', async () => {
    expect((await nest.get('/api/v1/cats')).body).toEqual({ marked: 'yes' });
    expectNotFound(await nest.get('/cats'));
  });

  it('does not apply to excluded paths, for a single method or for all methods', async () => {
    expect((await nest.get('/status')).text).toBe('GET without the prefix');
    expect((await nest.post('/api/v1/status')).text).toBe('POST below the prefix');
    expect((await nest.get('/status/deep/er')).text).toBe('deep');
    expectNotFound(await nest.get('/api/v1/status/deep/er'));
  });

  it('applies to the paths of RouterModule', async () => {
    expect((await nest.get('/api/v1/panel')).text).toBe('panel');
    expect((await nest.get('/api/v1/panel/ulm/widgets')).text).toBe('widgets');
    expectNotFound(await nest.get('/api/v1/widgets'));
  });
});

const httpMethods: readonly string[] = process.versions.node.startsWith('20.') ? [] : ['QUERY'];

/** Sends a request with a method that fetch does not support. Returns the response's text. */
function askBy(method: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
    });
    asked.on('error', reject).end();
  });
}
