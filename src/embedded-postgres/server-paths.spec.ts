import { serverPaths } from './server-paths.js';

describe('serverPaths', () => {
  it('keeps everything in the data folder', () => {
    const paths = serverPaths('/srv/aerie');
    expect(paths.data).toBe('/srv/aerie/postgres/data');
    expect(paths.socketDirectory).toBe('/srv/aerie/postgres/run');
  });

  it('places the sockets in a unique folder below /tmp if their path would be too long', () => {
    const long = `/srv/${'x'.repeat(100)}`;
    expect(serverPaths(long).socketDirectory).toMatch(/^\/tmp\/aerie-postgres-[0-9a-f]{16}$/);
    expect(serverPaths(long).socketDirectory).toBe(serverPaths(long).socketDirectory);
    expect(serverPaths(`${long}/b`).socketDirectory).not.toBe(serverPaths(long).socketDirectory);
  });
});
