import { RouteTable } from './route-table.js';

function table(...routes: string[]): RouteTable {
  const made = new RouteTable();
  for (const route of routes) {
    const [method, path] = route.split(' ') as [string, string];
    made.add(method, path);
  }
  return made;
}

describe('RouteTable', () => {
  const routes = table('get /users', 'post /users', 'get /users/me', 'delete /users/:user_id', 'put /users/:user_id');

  it('knows all methods of a path, sorted, HEAD where GET is', () => {
    expect(routes.methodsOf('/users')).toEqual(['GET', 'HEAD', 'POST']);
    expect(routes.methodsOf('/users/1')).toEqual(['DELETE', 'PUT']);
  });

  it('does not know other paths', () => {
    for (const path of ['/', '/user', '/Users', '/users/1/2', '/users//', ''])
      expect(routes.methodsOf(path)).toEqual([]);
  });

  it('serves a trailing slash', () => {
    expect(routes.methodsOf('/users/')).toEqual(['GET', 'HEAD', 'POST']);
  });

  it('takes an escape that cannot be decoded for an unknown path', () => {
    expect(routes.methodsOf('/users/%zz')).toEqual([]);
    expect(routes.methodsOf('/users/%ff')).toEqual([]);
  });

  it('answers with the path template, the request log’s word for the route', () => {
    expect(new RouteTable().add('get', '/users/:user_id')).toBe('/users/:user_id');
  });
});
