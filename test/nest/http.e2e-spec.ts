import { expectError, nestWith } from './client.js';

describe('Express middleware', () => {
  const nest = nestWith('http/middleware');

  it('cookie-parser parses plain and signed cookies, and @Cookies() returns the plain cookies', async () => {
    const set = await nest.get('/cookies/set');
    const given = set.headers['set-cookie'] as unknown as string[];
    expect(given).toEqual([
      'plain=a%20value; Path=/; HttpOnly; SameSite=Lax',
      expect.stringMatching(/^signed=s%3Akept\./),
      expect.stringMatching(/^old=; Path=\/; Expires=Thu, 01 Jan 1970/),
    ]);
    const cookies = ['name=cat', ...given.slice(0, 2).map((cookie) => cookie.split(';')[0]!)];
    const plain = { name: 'cat', plain: 'a value' };
    const { body } = await nest.get('/cookies').set('Cookie', cookies.join('; '));
    expect(body).toEqual({ parsed: plain, signed: { signed: 'kept' }, all: plain, name: 'cat' });
  });

  it('cookie-parser does not accept a forged signature', async () => {
    const { body } = await nest.get('/cookies').set('Cookie', 'signed=s%3Akept.forged');
    expect(body).toMatchObject({ signed: { signed: false } });
  });

  it('express-session keeps a session between requests and provides it to @Session()', async () => {
    const first = await nest.get('/sessions-of-express');
    expect(first.body).toEqual({ visits: 1, same: true });
    const [cookie] = first.headers['set-cookie'] as unknown as string[];
    const second = await nest.get('/sessions-of-express').set('Cookie', cookie!.split(';')[0]!);
    expect(second.body).toEqual({ visits: 2, same: true });
    expect((await nest.get('/sessions-of-express')).body).toEqual({ visits: 1, same: true });
  });

  it('helmet overrides the security headers of the application', async () => {
    const { headers } = await nest.get('/bodies/short');
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('compression compresses long responses if the client accepts gzip', async () => {
    const long = await nest.get('/bodies/long').set('Accept-Encoding', 'gzip');
    expect(long.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(long.text).toBe('long '.repeat(1000));
    const short = await nest.get('/bodies/short').set('Accept-Encoding', 'gzip');
    expect([short.headers['content-encoding'], short.text]).toEqual([undefined, 'short']);
    expect((await nest.get('/bodies/long').set('Accept-Encoding', 'identity')).text).toBe('long '.repeat(1000));
  });
});

describe('request bodies', () => {
  const nest = nestWith('http/middleware');

  it('are available as raw bytes with the rawBody option', async () => {
    const { body } = await nest.post('/bodies/raw').type('json').send('{ "a":  1 }');
    expect(body).toEqual({ raw: '{ "a":  1 }', same: true, body: { a: 1 } });
    const form = await nest.post('/bodies/raw').type('form').send('a=1');
    expect(form.body).toEqual({ raw: 'a=1', same: true, body: { a: '1' } });
    expect((await nest.post('/bodies/raw')).body).toMatchObject({ raw: null });
  });

  it('of other types are read by parsers added with useBodyParser()', async () => {
    const { body } = await nest.post('/bodies/text').type('text/plain').send('a text');
    expect(body).toEqual({ body: 'a text', type: 'string' });
  });
});

describe('enableCors()', () => {
  const nest = nestWith('http/cors');
  const from = (origin: string) => nest.get('/shared').set('Origin', origin);

  it('allows the configured origins', async () => {
    const { headers, text } = await from('https://one.example');
    expect(text).toBe('shared');
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://one.example',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'X-Shown',
      vary: expect.stringContaining('Origin'),
    });
    expect((await from('https://api.two.example')).headers['access-control-allow-origin']).toBe(
      'https://api.two.example',
    );
  });

  it('does not allow other origins', async () => {
    const { status, headers } = await from('https://three.example');
    expect([status, headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it('answers preflight requests', async () => {
    const { status, headers } = await nest
      .options('/shared')
      .set({ Origin: 'https://one.example', 'Access-Control-Request-Method': 'PUT' });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-methods': expect.stringContaining('PUT'),
      'access-control-allow-headers': 'X-Asked',
      'access-control-max-age': '60',
    });
  });
});

describe('security features of Nest', () => {
  const nest = nestWith('http/security');
  const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };

  it('useSecurityHeaders() sets the configured headers', async () => {
    const { headers } = await nest.get('/protected');
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'origin' });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('enableCsrfProtection() rejects writes from other sites, except trusted origins and excluded paths', async () => {
    expect((await nest.post('/protected')).status).toBe(201);
    expect((await nest.get('/protected').set(foreign)).status).toBe(200);
    expect((await nest.post('/protected').set(foreign)).status).toBe(403);
    const trusted = { ...foreign, Origin: 'https://trusted.example' };
    expect((await nest.post('/protected').set(trusted)).status).toBe(201);
    expect((await nest.post('/protected/hook').set(foreign)).text).toBe('hooked');
    expectError(await nest.post('/protected').set(foreign), 403, /./);
  });

  it('cors: true allows every origin', async () => {
    const { headers } = await nest.get('/protected').set('Origin', 'https://any.example');
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});
