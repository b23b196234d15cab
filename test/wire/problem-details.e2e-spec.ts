import request from 'supertest';
import { world } from '../support/world.js';

const get = (path: string, accept: string) => request(baseUrl).get(path).set('Accept', accept);

describe('errors for clients that prefer RFC 9457', () => {
  it('are problem details with the request id as the instance', async () => {
    const answer = await get('/items/9999', 'application/problem+json').set('X-Request-ID', 'here');
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.text)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Item 9999 not found',
      instance: 'urn:aerie:request:here',
    });
  });

  it('list the same validation errors as the default format', async () => {
    const path = '/items?page=0&limit=x';
    const problem = JSON.parse((await get(path, 'application/problem+json')).text);
    const plain = await get(path, 'application/json');
    expect(problem).toMatchObject({ title: 'Unprocessable Entity', status: 422, detail: '2 errors in the request' });
    expect(problem.errors).toEqual(plain.body.detail);
    const single = JSON.parse((await get('/items?page=0', 'application/problem+json')).text);
    expect(single.detail).toBe('One error in the request');
  });

  it('keep their headers', async () => {
    const answer = await get('/profile', 'application/problem+json');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(answer.text).detail).toBe('Not authenticated');
  });

  it('mask secrets', async () => {
    const { anon } = await world();
    const body = { email: 'ann@example.com', name: 'Ann', password: 'secret' };
    const answer = await anon.post('/users', body).set('Accept', 'application/problem+json');
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('"secret"');
  });

  it.each([
    ['application/problem+json, application/json;q=0.5', 'application/problem+json'],
    ['application/json, application/problem+json;q=0.9', 'application/json'],
    ['application/problem+json;q=0', 'application/json'],
    ['application/*', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['', 'application/json'],
  ])('with Accept: %s are sent as %s', async (accept, type) => {
    expect((await get('/items/9999', accept)).headers['content-type']).toBe(type);
  });

  it('are the only responses affected: a successful response keeps its format', async () => {
    const answer = await get('/', 'application/problem+json');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ message: 'Hello World' });
  });
});
