import { ResponseWithHeaders, created } from './response-with-headers.js';

describe('created', () => {
  it('returns the body with a Location header', () => {
    expect(created({ id: 7 }, '/items/7')).toEqual(new ResponseWithHeaders({ id: 7 }, { Location: '/items/7' }));
  });
});
