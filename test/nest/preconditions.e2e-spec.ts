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
