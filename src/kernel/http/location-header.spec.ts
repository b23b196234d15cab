import type { Request } from 'express';
import type { Contract } from './contract.js';
import { withLocationPrefix } from './location-header.js';

function locationOf(served: string, own: string, params: Record<string, string>, location: string) {
  const request = { route: { path: served }, params } as unknown as Request;
  return withLocationPrefix(request, { path: own } as Contract, { Location: location })['Location'];
}

describe('withLocationPrefix', () => {
  it('adds what precedes the declared path in the route', () => {
    expect(locationOf('/api/v2/rooms', '/rooms', {}, '/rooms/7')).toBe('/api/v2/rooms/7');
    expect(locationOf('/rooms/:id', '/rooms/:id', { id: '7' }, '/rooms/8')).toBe('/rooms/8');
    expect(locationOf('/api/rooms', '/rooms', {}, 'https://example.com/7')).toBe('https://example.com/7');
  });

  it('replaces parameters in it by their values, encoded', () => {
    const params = { house: 'am Markt/$&', id: '7' };
    expect(locationOf('/houses/:house/rooms/:id', '/rooms/:id', params, '/rooms/8')).toBe(
      '/houses/am%20Markt%2F%24%26/rooms/8',
    );
  });
});
