import { layoutOf } from './layout.js';

describe('layoutOf', () => {
  it('keeps everything in the data folder', () => {
    const layout = layoutOf('/srv/aerie');
    expect(layout.data).toBe('/srv/aerie/postgres/data');
    expect(layout.sockets).toBe('/srv/aerie/postgres/run');
  });

  it('moves the sockets to the temp folder where their path would be too long, to a place of their own', () => {
    const long = `/srv/${'x'.repeat(100)}`;
    expect(layoutOf(long).sockets).toMatch(/^\/tmp\/aerie-postgres-[0-9a-f]{16}$/);
    expect(layoutOf(long).sockets).toBe(layoutOf(long).sockets);
    expect(layoutOf(`${long}/b`).sockets).not.toBe(layoutOf(long).sockets);
  });
});
