import { nestWith } from './client.js';

describe('Express as the platform', () => {
  const nest = nestWith('http/express');
  const bodyOf = async (path: string) => (await nest.get(path)).body as unknown;

  it('is available to features through its adapter and locals', async () => {
    expect(await bodyOf('/platform?q=1')).toEqual({ type: 'express', url: '/platform?q=1', local: 'local' });
  });

  it('parses queries with the configured parser', async () => {
    expect(await bodyOf('/platform/query?filter[name]=cat&ids[]=1&ids[]=2')).toEqual({
      filter: { name: 'cat' },
      ids: ['1', '2'],
    });
  });

  it('trusts the configured proxies', async () => {
    const { body } = await nest
      .get('/platform/ip')
      .set({ 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'cats.example' });
    expect(body).toEqual({ ip: '203.0.113.7', protocol: 'https', host: 'cats.example' });
  });

  it('serves routes added to Express or to the adapter', async () => {
    expect(await bodyOf('/by-express')).toEqual({ by: 'Express' });
    expect((await nest.get('/by-adapter')).text).toBe('by the adapter');
  });

  it('reads bodies up to the limit of useBodyParser()', async () => {
    const { status, body } = await nest.post('/platform/large').send({ text: 'x'.repeat(1_000_000) });
    expect([status, body]).toEqual([200, { length: 1_000_000 }]);
    expect((await nest.post('/platform/large').send({ text: 'x'.repeat(3_000_000) })).status).toBe(413);
  });

  it('signs cookies and reads signed cookies', async () => {
    const first = await nest.get('/platform/cookies');
    const [cookie] = first.headers['set-cookie'] as unknown as string[];
    expect([first.body, cookie]).toEqual([{ kept: null }, expect.stringMatching(/^kept=s%3A.*HttpOnly/)]);
    const second = await nest.get('/platform/cookies').set('Cookie', cookie!.split(';')[0]!);
    expect(second.body).toEqual({ kept: 'a value' });
  });
});

describe('request bodies without a configured limit', () => {
  const nest = nestWith('bodies/limits');

  it('are accepted up to 100 kB', async () => {
    const { status, body } = await nest.post('/limits').send({ text: 'x'.repeat(90_000) });
    expect([status, body]).toEqual([200, { length: 90_000 }]);
    expect((await nest.post('/limits').send({ text: 'x'.repeat(110_000) })).status).toBe(413);
  });
});
