import { anItem, stockOf } from '../support/factories.js';
import { nestWith } from './client.js';

const nest = nestWith('preconditions/named');

describe('a path whose parameter has another name in the GET', () => {
  it('honours If-Match', async () => {
    const item = await anItem({ stock: 5 });
    const path = `/stocks/${item.id}`;
    const tag = (await nest.get(path)).headers['etag']!;
    const patch = () => nest.patch(path).set('If-Match', tag);
    expect(await patch()).toMatchObject({ status: 200, body: { stock: 6 } });
    expect((await patch()).status).toBe(412);
    expect(await stockOf(item)).toBe(6);
  });

  it('is another path if it differs in more than the name', async () => {
    const item = await anItem({ stock: 5 });
    const added = nest.post(`/stocks/${item.id}/additions/1`).set('If-Match', '"99"');
    expect(await added).toMatchObject({ status: 200, body: { stock: 6 } });
  });
});

describe('a path whose id is named in camel case', () => {
  it('honours If-Match for the row with this id, whatever else the handler changes', async () => {
    const [other, item] = [await anItem({ stock: 1 }), await anItem({ stock: 5 })];
    const path = `/stocks/others/${item.id}`;
    await nest.patch(`/stocks/${item.id}`);
    const tag = (await nest.get(path)).headers['etag']!;
    expect(await nest.patch(path).set('If-Match', tag)).toMatchObject({ status: 200, body: { stock: 7 } });
    expect((await nest.patch(path).set('If-Match', tag)).status).toBe(412);
    expect([await stockOf(other), await stockOf(item)]).toEqual([2, 7]);
  });
});

describe('a path whose last parameter is not the primary key', () => {
  const keys = nestWith('preconditions/keys');

  it.each<[string, string, string, string]>([
    ['a unique column', '/profiles/1', '/profiles/2', 'visits'],
    ['a part of the primary key', '/baskets/2/lines/2', '/baskets/1/lines/2', 'pieces'],
  ])('honours If-Match for the row that it identifies: %s', async (_name, path, other, field) => {
    for (const row of [path, other]) {
      const read = (await keys.get(row)).headers['etag']!;
      expect(await keys.patch(row).set('If-Match', read)).toMatchObject({ status: 200, body: { [field]: 1 } });
      expect((await keys.patch(row).set('If-Match', read)).status).toBe(412);
      const fresh = (await keys.get(row)).headers['etag']!;
      expect(await keys.patch(row).set('If-Match', fresh)).toMatchObject({ status: 200, body: { [field]: 2 } });
    }
  });
});

describe('a path with several versions', () => {
  const versions = nestWith('preconditions/versions');

  it.each(['/v3/versioned-stocks/', '/v3/versioned-stocks/by-id/', '/v2/versioned-stocks/by-id/'])(
    'honours If-Match where the GET of its version has an ETag: %s',
    async (path) => {
      const item = await anItem({ stock: 5 });
      const tag = (await versions.get(path + item.id)).headers['etag']!;
      expect(tag).toBe('"1"');
      expect((await versions.patch(path + item.id).set('If-Match', tag)).status).toBe(200);
      expect((await versions.patch(path + item.id).set('If-Match', tag)).status).toBe(412);
      expect(await stockOf(item)).toBe(6);
    },
  );
});

describe('a path whose GET is for all versions', () => {
  const neutral = nestWith('preconditions/neutral');

  it('honours If-Match in each version', async () => {
    const item = await anItem({ stock: 5 });
    const path = `/neutral-stocks/${item.id}`;
    const tag = (await neutral.get(path)).headers['etag']!;
    const patch = () => neutral.patch(path).set('X-Version', '2').set('If-Match', tag);
    expect([(await patch()).status, (await patch()).status, await stockOf(item)]).toEqual([200, 412, 6]);
  });
});

describe('a path whose GET is in another controller', () => {
  const split = nestWith('preconditions/split');

  it('honours If-Match', async () => {
    const item = await anItem({ stock: 5 });
    const path = `/split-stocks/${item.id}`;
    const tag = (await split.get(path)).headers['etag']!;
    expect(await split.patch(path).set('If-Match', tag)).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect((await split.patch(path).set('If-Match', tag)).status).toBe(412);
    expect(await stockOf(item)).toBe(6);
  });
});
