import { expectError, nestWith } from './client.js';

const nest = nestWith<string[]>('guards/bound');
const get = (path: string, badges = '') => nest.get(path).set('x-badges', badges);

beforeEach(() => nest.probe.splice(0));

describe('guards are bound', () => {
  it('to a controller', async () => {
    expect((await get('/guarded/class', 'cat')).text).toBe('in');
    expectError(await get('/guarded/class'), 403, 'Forbidden resource');
  });

  it('to a method, and may be asynchronous', async () => {
    expect((await get('/guarded/method')).text).toBe('in');
    expectError(await get('/guarded/method', 'banned'), 403, 'Forbidden resource');
  });

  it('as an object, and may give an Observable', async () => {
    expect((await get('/ranked/observed', 'seen')).text).toBe('in');
    expectError(await get('/ranked/observed'), 403, 'Forbidden resource');
  });

  it('as APP_GUARD of a module, with what that injects', async () => {
    expect((await get('/guarded/shield', 'shield')).text).toBe('in');
    expectError(await get('/guarded/shield'), 403, 'Forbidden resource');
  });

  it('by useGlobalGuards()', async () => {
    expectError(await get('/guarded/method', 'nobody'), 403, 'Forbidden resource');
  });

  it('and run from the global to the method, all before interceptors', async () => {
    await get('/guarded/method');
    expect(nest.probe).toEqual(['global GuardedController.byMethod', 'badges', 'method', 'interceptor']);
  });

  it('and none runs after one that refuses', async () => {
    await get('/guarded/class');
    expect(nest.probe).toEqual(['global GuardedController.byClass', 'badges']);
  });

  it('and may throw their own error', async () => {
    expectError(await get('/ranked/login'), 401, 'Show a badge');
  });

  it('and say nothing of paths that do not exist', async () => {
    expect((await get('/guarded/unknown')).status).toBe(404);
    expect(nest.probe).toEqual([]);
  });
});

describe("the Reflector's metadata", () => {
  it("of a handler override the controller's", async () => {
    expect((await get('/guarded/method')).text).toBe('in');
    expectError(await get('/guarded/class'), 403, 'Forbidden resource');
  });

  it('are merged where they are to be, through applyDecorators() too', async () => {
    expect((await get('/ranked/merged', 'a,b')).text).toBe('in');
    expectError(await get('/ranked/merged', 'a'), 403, 'Forbidden resource');
    expectError(await get('/ranked/merged', 'b'), 403, 'Forbidden resource');
  });
});
