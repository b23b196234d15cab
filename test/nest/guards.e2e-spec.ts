import { expectError, nestWith } from './client.js';

const nest = nestWith<string[]>('guards/bound');
const get = (path: string, badges = '') => nest.get(path).set('x-badges', badges);

beforeEach(() => nest.probe.splice(0));

describe('guards', () => {
  it('can be bound to a controller', async () => {
    expect((await get('/guarded/class', 'cat')).text).toBe('in');
    expectError(await get('/guarded/class'), 403, 'Forbidden resource');
  });

  it('can be bound to a method and be asynchronous', async () => {
    expect((await get('/guarded/method')).text).toBe('in');
    expectError(await get('/guarded/method', 'banned'), 403, 'Forbidden resource');
  });

  it('can be bound as an object and return an Observable', async () => {
    expect((await get('/ranked/observed', 'seen')).text).toBe('in');
    expectError(await get('/ranked/observed'), 403, 'Forbidden resource');
  });

  it('can be bound as APP_GUARD with injected dependencies', async () => {
    expect((await get('/guarded/shield', 'shield')).text).toBe('in');
    expectError(await get('/guarded/shield'), 403, 'Forbidden resource');
  });

  it('can be bound with useGlobalGuards()', async () => {
    expectError(await get('/guarded/method', 'nobody'), 403, 'Forbidden resource');
  });

  it('run in the order global, controller, method, before interceptors', async () => {
    await get('/guarded/method');
    expect(nest.probe).toEqual(['global GuardedController.byMethod', 'badges', 'method', 'interceptor']);
  });

  it('do not run after a guard that denies access', async () => {
    await get('/guarded/class');
    expect(nest.probe).toEqual(['global GuardedController.byClass', 'badges']);
  });

  it('can throw a custom exception', async () => {
    expectError(await get('/ranked/login'), 401, 'Show a badge');
  });

  it('do not run for unknown paths', async () => {
    expect((await get('/guarded/unknown')).status).toBe(404);
    expect(nest.probe).toEqual([]);
  });
});

describe('metadata read with Reflector', () => {
  it('of a handler can override the metadata of its controller', async () => {
    expect((await get('/guarded/method')).text).toBe('in');
    expectError(await get('/guarded/class'), 403, 'Forbidden resource');
  });

  it('of handler and controller can be merged, also with applyDecorators()', async () => {
    expect((await get('/ranked/merged', 'a,b')).text).toBe('in');
    expectError(await get('/ranked/merged', 'a'), 403, 'Forbidden resource');
    expectError(await get('/ranked/merged', 'b'), 403, 'Forbidden resource');
  });
});
