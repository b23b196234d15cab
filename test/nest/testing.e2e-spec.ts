import { nestWith } from './client.js';

const nest = nestWith('testing/overrides');

it('overrides providers, guards, interceptors, pipes and modules, and mocks what is absent', async () => {
  expect((await nest.get('/overridden/7')).text).toBe('fake 7 mocked');
  expect(nest.app.get<string>('OF_MODULE', { strict: false })).toBe('replaced');
});

it("leaves the application's own routes as they are", async () => {
  if (nestStock) return;
  expect((await nest.get('/health/live')).body).toEqual({ status: 'ok' });
  expect((await nest.get('/users/1')).status).toBe(401);
});
