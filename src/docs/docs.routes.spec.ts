import express from 'express';
import request, { type Response } from 'supertest';
import { serveDocs } from './docs.routes.js';
import { underPrefix } from './under-prefix.js';

const document = { openapi: '3.1.0', info: { title: 'Sky & <Nest>', version: '1' }, paths: {} };

function server() {
  const app = express();
  app.use((_req, res, next) => {
    res.set({ 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "default-src 'none'" });
    next();
  });
  serveDocs(app, document);
  app.get('/', (_req, res) => void res.json({ message: 'Hello World' }));
  app.use((_req, res) => void res.status(404).json({ detail: 'Not Found' }));
  return request(app);
}

function packed(path: string, encoding: string) {
  return server().get(path).set('Accept-Encoding', encoding);
}

async function addressesOf(path: string): Promise<string[]> {
  const { text } = await server().get(path);
  return [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '');
}

async function assetsOf(path: string): Promise<string[]> {
  const paths = (await addressesOf(path)).map((address) => new URL(address, `http://here${path}`).pathname);
  return paths.filter((one) => one.startsWith('/docs/assets/'));
}

function directive({ headers }: Response, name: string): string | undefined {
  const policy = headers['content-security-policy'] ?? '';
  return policy.split('; ').find((part) => part.startsWith(`${name} `));
}

describe('the OpenAPI document', () => {
  it('is served unchanged, with Cache-Control: no-cache', async () => {
    const answer = await server().get('/openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.body).toEqual(document);
  });

  it('is answered with 304 if the ETag matches', async () => {
    const { headers } = await server().get('/openapi.json');
    const again = await server()
      .get('/openapi.json')
      .set('If-None-Match', headers['etag'] ?? '');
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('is served for HEAD with the headers of GET and no body', async () => {
    const head = await server().head('/openapi.json').set('Accept-Encoding', 'identity');
    expect([head.status, head.text]).toEqual([200, undefined]);
    expect(head.headers['content-length']).toBe(String(JSON.stringify(document).length));
  });
});

describe('the OpenAPI document under a prefix', () => {
  const flow = { tokenUrl: '/auth/token', refreshUrl: 'https://elsewhere.example/refresh', scopes: {} };
  const whole = {
    ...document,
    servers: [{ url: '/' }, { url: '/v2' }, { url: 'https://api.example.com/' }],
    components: {
      securitySchemes: { bearer: { type: 'http' }, oauth2: { type: 'oauth2', flows: { password: flow } } },
    },
  };

  it('has server and token URLs with the prefix', () => {
    expect(underPrefix(whole, '/api')).toEqual({
      ...whole,
      servers: [{ url: '/api' }, { url: '/api/v2' }, { url: 'https://api.example.com/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http' },
          oauth2: { type: 'oauth2', flows: { password: { ...flow, tokenUrl: '/api/auth/token' } } },
        },
      },
    });
  });

  it('is unchanged if the prefix is empty or the document contains no URLs', () => {
    expect(underPrefix(whole, '')).toBe(whole);
    expect(underPrefix(document, '/api')).toEqual(document);
  });
});

describe('the documentation page', () => {
  it.each(['/docs', '/redoc', '/docs/oauth2-redirect'])(
    '%s is HTML with a strict Content-Security-Policy',
    async (path) => {
      const answer = await server().get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
      });
      expect(answer.headers).not.toHaveProperty('vary'); // fits into one packet, so it is never compressed
      expect(answer.headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
      expect(directive(answer, 'default-src')).toBe("default-src 'none'");
      expect(directive(answer, 'script-src')).toBe("script-src 'self'");
      expect(answer.text).not.toMatch(/<script(?![^>]* src=)|<style|style="|https?:\/\//);
      expect(answer.text).toContain('<title>Sky &#38; &#60;Nest&#62; · ');
    },
  );

  it.each([
    ['/docs/', '/docs'],
    ['/docs/?tab=1', '/docs?tab=1'],
    ['/docs/?to=//evil.example', '/docs?to=//evil.example'],
    ['/redoc/', '/redoc'],
    ['/openapi.json/?x', '/openapi.json?x'],
    ['/docs/oauth2-redirect/?code=1', '/docs/oauth2-redirect?code=1'],
  ])('redirects to the path without the trailing slash, with its query, below any prefix: %s', async (path, to) => {
    const answer = await server().get(path).set('Host', 'evil.example');
    expect([answer.status, answer.text]).toEqual([307, '']);
    const location = answer.headers['location'] ?? '';
    expect(location).not.toMatch(/^\w+:|^\//);
    for (const prefix of ['', '/api', '/a/b']) {
      expect(new URL(location, `http://here${prefix}${path}`).href).toBe(`http://here${prefix}${to}`);
    }
  });

  it.each(['/docs', '/redoc', '/docs/oauth2-redirect'])(
    '%s contains only relative URLs, all of which exist',
    async (path) => {
      const addresses = await addressesOf(path);
      expect(addresses.length).toBeGreaterThan(2);
      for (const address of addresses) {
        expect(address).not.toMatch(/^\w+:|^\//);
        expect((await server().get(new URL(address, `http://here${path}`).pathname)).status).toBe(200);
      }
    },
  );

  it.each(['/DOCS', '/docs/assets', '/docs/anything', '/redoc/x'])('%s does not exist', async (path) => {
    expect((await server().get(path)).status).toBe(404);
  });

  it('leaves other methods to the application', async () => {
    expect((await server().post('/docs')).status).toBe(404);
  });
});

describe('the root path', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

  it('is a page with links for browsers', async () => {
    const answer = await server().get('/').set('Accept', BROWSER);
    expect([answer.status, answer.type]).toEqual([200, 'text/html']);
    expect(answer.headers).toMatchObject({ vary: 'Accept', 'cache-control': 'no-cache' });
    expect(directive(answer, 'default-src')).toBe("default-src 'none'");
    const links = [...answer.text.matchAll(/<a href="([^"]*)"/g)].map(([, to]) => to);
    expect(links).toEqual(['docs', 'redoc', 'openapi.json', 'health/ready']);
    expect(answer.text).not.toMatch(/<script|https?:\/\//);
  });

  it.each([
    undefined,
    '*/*',
    'application/json',
    'application/json, text/html',
    'text/html;q=0.5, application/json',
    'image/png',
  ])('is answered by the application for the Accept header %s', async (accept) => {
    const answer = await (accept === undefined ? server().get('/') : server().get('/').set('Accept', accept));
    expect([answer.type, answer.text]).toEqual(['application/json', '{"message":"Hello World"}']);
  });
});

describe('the assets', () => {
  it.each(['/docs', '/redoc'])('of %s are cached permanently and have the right content types', async (path) => {
    for (const address of await assetsOf(path)) {
      const answer = await server().get(address);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^(text\/javascript|text\/css|image\/svg\+xml); charset=utf-8$/);
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('of another release are served, but must be revalidated', async () => {
    const answer = await server().get('/docs/assets/older/explorer.css');
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-cache']);
  });

  it.each(['package.json', '..%2Fdocs.routes.ts', '%2e%2e%2fdocs.assets.ts', 'constructor', 'swagger-ui.css.map'])(
    'are a fixed list: %s is not found',
    async (name) => {
      const [known = ''] = await assetsOf('/docs');
      const folder = known.slice(0, known.lastIndexOf('/'));
      expect((await server().get(`${folder}/${name}`)).status).toBe(404);
    },
  );

  it('contain no URL that a browser would load automatically', async () => {
    const { text } = await server().get('/docs/assets/any/redoc.standalone.js');
    expect(text.match(/cdn\.redoc\.ly|# sourceMappingURL=[\w.-]+\.map/)).toBeNull();
  });

  it.each([
    ['br', 'gzip, deflate, br, zstd'],
    ['gzip', 'gzip, br;q=0'],
    [undefined, 'identity;q=1, *;q=0'],
  ])('have the content encoding %s for Accept-Encoding "%s"', async (encoding, accept) => {
    const answer = await packed('/docs/assets/any/explorer.css', accept);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['vary']).toBe('Accept-Encoding');
    expect(answer.text).toContain('.swagger-ui'); // decompressed by supertest
  });

  it.each(['/docs', '/redoc'])('of %s with the document are smaller than 700 kB when compressed', async (path) => {
    const addresses = [...(await assetsOf(path)), '/openapi.json'];
    const answers = await Promise.all(addresses.map((address) => packed(address, 'gzip')));
    const sizes = answers.map(({ headers }) => Number(headers['content-length']));
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(700_000);
  });
});
