import { expectError, expectNotFound, nestWith } from './client.js';

const nest = nestWith('mvc/mvc');
const get = (path: string) => nest.get(path);
const html = (title: string) => `<h1>${title}</h1><p>of all pages</p>\n`;

describe('useStaticAssets()', () => {
  it('serves files under a prefix or at the root', async () => {
    const { status, headers, text } = await get('/assets/hello.txt');
    expect([status, headers['content-type'], text]).toEqual([200, 'text/plain; charset=utf-8', 'plain file\n']);
    expect((await get('/hello.txt')).text).toBe('plain file\n');
    expect((await get('/style.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('sends the configured max-age', async () => {
    expect((await get('/assets/hello.txt')).headers['cache-control']).toContain('max-age=60');
  });

  it('supports range requests and conditional requests', async () => {
    const part = await get('/assets/hello.txt').set('Range', 'bytes=0-4');
    expect([part.status, part.text]).toEqual([206, 'plain']);
    const { headers } = await get('/assets/hello.txt');
    expect((await get('/assets/hello.txt').set('If-None-Match', headers['etag']!)).status).toBe(304);
  });

  it('does not serve files outside the folder', async () => {
    const answer = await fetch(`${nest.url}/assets/..%2fmvc.feature.ts`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectNotFound(await get('/assets/none.txt'));
  });
});

describe('ServeStaticModule', () => {
  it('serves files under its root path', async () => {
    expect((await get('/served/hello.txt')).text).toBe('plain file\n');
    expect((await get('/served/none.txt')).status).toBe(404);
  });
});

describe('@Render()', () => {
  it('renders synchronous and asynchronous results of the handler', async () => {
    const { status, headers, text } = await get('/pages/rendered');
    expect([status, headers['content-type'], text]).toEqual([200, 'text/html; charset=utf-8', html('Rendered')]);
    expect((await get('/pages/later')).text).toBe(html('Later'));
  });

  it('can be replaced with response.render() of Express', async () => {
    expect((await get('/pages/dynamic')).text).toBe(html('Dynamic'));
  });

  it('sends an error response if the handler throws or the view does not exist', async () => {
    expectError(await get('/pages/failing'), 404, 'No page');
    expectServerErrors();
    expectError(await get('/pages/absent'), 500, 'Internal server error');
  });
});
