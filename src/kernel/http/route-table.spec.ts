import { RouteTable } from './route-table.js';

function table(...routes: string[]): RouteTable<string> {
  const made = new RouteTable<string>();
  for (const route of routes) {
    const [method, path] = route.split(' ') as [string, string];
    made.add(method, path, route);
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

  it('finds the route of a request, with its parameters', () => {
    expect(routes.find('GET', '/users')).toEqual({ route: 'get /users', params: {} });
    expect(routes.find('DELETE', '/users/7')).toEqual({ route: 'delete /users/:user_id', params: { user_id: '7' } });
    expect(routes.find('GET', '/users/me')).toEqual({ route: 'get /users/me', params: {} });
    expect(routes.find('POST', '/users/')).toEqual({ route: 'post /users', params: {} });
  });

  it('answers HEAD by the route of GET', () => {
    expect(routes.find('HEAD', '/users/me')).toEqual({ route: 'get /users/me', params: {} });
  });

  it('takes a word for a parameter where its own path has no such method', () => {
    expect(routes.find('PUT', '/users/me')).toEqual({ route: 'put /users/:user_id', params: { user_id: 'me' } });
  });

  it('finds nothing under another method, path, or case', () => {
    for (const [method, path] of [
      ['PATCH', '/users'],
      ['GET', '/users/7'],
      ['get', '/users'],
      ['GET', '/USERS'],
      ['DELETE', '/users/%zz'],
    ] as const)
      expect(routes.find(method, path)).toBeUndefined();
  });

  it('leaves to others what is only known here', () => {
    const known = new RouteTable();
    known.add('get', '/docs');
    expect(known.find('GET', '/docs')).toBeUndefined();
    expect(known.methodsOf('/docs')).toEqual(['GET', 'HEAD']);
  });

  it('refuses a path that begins with a parameter', () => {
    expect(() => new RouteTable().add('get', '/:anything')).toThrow('/:anything begins with a parameter');
  });
});
