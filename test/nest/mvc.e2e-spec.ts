import { expectError, expectNotFound, nestWith } from './client.js';

const nest = nestWith('mvc/mvc');
const get = (path: string) => nest.get(path);
const html = (title: string) => `<h1>${title}</h1><p>of all pages</p>\n`;

describe('useStaticAssets()', () => {
  it('serves files, below a prefix or at the root', async () => {
    const { status, headers, text } = await get('/assets/hello.txt');
    expect([status, headers['content-type'], text]).toEqual([200, 'text/plain; charset=utf-8', 'plain file\n']);
    expect((await get('/hello.txt')).text).toBe('plain file\n');
    expect((await get('/style.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('lets clients keep them as long as it says', async () => {
    expect((await get('/assets/hello.txt')).headers['cache-control']).toContain('max-age=60');
  });

  it('serves parts, and says what has not changed', async () => {
    const part = await get('/assets/hello.txt').set('Range', 'bytes=0-4');
    expect([part.status, part.text]).toEqual([206, 'plain']);
    const { headers } = await get('/assets/hello.txt');
    expect((await get('/assets/hello.txt').set('If-None-Match', headers['etag']!)).status).toBe(304);
  });

  it('serves nothing that is outside', async () => {
    const answer = await fetch(`${nest.url}/assets/..%2fmvc.feature.ts`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectNotFound(await get('/assets/none.txt'));
  });
});

describe('ServeStaticModule', () => {
  it('serves files below its root', async () => {
    expect((await get('/served/hello.txt')).text).toBe('plain file\n');
    expect((await get('/served/none.txt')).status).toBe(404);
  });
});

describe('@Render()', () => {
  it('renders what the handler gives, at once or later', async () => {
    const { status, headers, text } = await get('/pages/rendered');
    expect([status, headers['content-type'], text]).toEqual([200, 'text/html; charset=utf-8', html('Rendered')]);
    expect((await get('/pages/later')).text).toBe(html('Later'));
  });

  it("has a kin in Express' render()", async () => {
    expect((await get('/pages/dynamic')).text).toBe(html('Dynamic'));
  });

  it('renders no error', async () => {
    expectError(await get('/pages/failing'), 404, 'No page');
    expectServerErrors();
    expectError(await get('/pages/absent'), 500, 'Internal server error');
  });
});
