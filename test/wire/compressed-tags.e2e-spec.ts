import { rawResponse } from '../support/raw-response.js';
import { world, type Actor } from '../support/world.js';

let user: Actor;

beforeAll(async () => {
  ({ user } = await world());
});

const ask = (path: string, headers = {}, options = {}) => rawResponse(user, path, headers, options);

describe('an entity tag', () => {
  beforeEach(async () => {
    expect((await user.patch('/profile', { bio: 'b'.repeat(2000) })).status).toBe(200);
  });

  it.each(['gzip', 'br', 'deflate'])(
    'is weak for a response encoded with %s, because a strong tag identifies a single encoding',
    async (coding) => {
      const plain = await ask('/profile');
      const packed = await ask('/profile', { 'Accept-Encoding': coding });
      expect(plain.headers.etag).toMatch(/^"\d+-\d+"$/);
      expect([packed.headers['content-encoding'], packed.headers.etag]).toEqual([coding, `W/${plain.headers.etag}`]);
      const head = await ask('/profile', { 'Accept-Encoding': coding }, { method: 'HEAD' });
      expect([head.headers.etag, head.bytes.length]).toEqual([packed.headers.etag, 0]);
    },
  );

  it('stays strong if the response is not compressed', async () => {
    await user.patch('/profile', { bio: 'short' });
    expect((await ask('/profile', { 'Accept-Encoding': 'gzip' })).headers.etag).toMatch(/^"\d+-\d+"$/);
  });

  it.each(['identity', 'gzip'])(
    'matches If-None-Match in its weak and strong form for a client that accepts %s',
    async (accepted) => {
      const whole = await ask('/profile', { 'Accept-Encoding': accepted });
      const tag = (await ask('/profile')).headers.etag!;
      for (const listed of [tag, `W/${tag}`, `"x", W/${tag}`, `"0-1", ${tag}`]) {
        const unchanged = await ask('/profile', { 'Accept-Encoding': accepted, 'If-None-Match': listed });
        expect([listed, unchanged.status, unchanged.bytes.length]).toEqual([listed, 304, 0]);
        for (const name of ['content-encoding', 'content-type', 'content-length'])
          expect(unchanged.headers).not.toHaveProperty(name);
        expect(unchanged.headers.etag).toBe(listed.includes('W/') ? `W/${tag}` : tag); // caches find their entry by it
        expect(unchanged.headers['cache-control']).toBe(whole.headers['cache-control']);
        for (const { headers } of [whole, unchanged])
          expect(headers.vary!.split(', ').toSorted()).toEqual(['Accept-Encoding', 'Authorization', 'Origin']);
      }
      const stale = await ask('/profile', { 'Accept-Encoding': accepted, 'If-None-Match': `W/"0-${user.id}"` });
      expect([stale.status, stale.headers.etag]).toEqual([200, whole.headers.etag]);
    },
  );

  it.each(['identity', 'gzip'])(
    'allows one change with If-Match in the form sent to a client that accepts %s',
    async (accepted) => {
      const tag = (await ask('/profile', { 'Accept-Encoding': accepted })).headers.etag!;
      expect(tag.startsWith('W/')).toBe(accepted === 'gzip');
      expect((await user.patch('/profile', { bio: 'New' }).set('If-Match', tag)).status).toBe(200);
      expect((await user.patch('/profile', { bio: 'Newer' }).set('If-Match', tag)).status).toBe(412);
    },
  );
});
