import { nestWith } from './client.js';

interface Probe {
  itemsService(): Promise<{ found: object; missing: object }>;
  itemsController(): Promise<object>;
}

describe('a testing module of a feature', () => {
  const nest = nestWith('testing/overrides');

  it('overrides providers, guards, interceptors, pipes and modules, and mocks missing providers', async () => {
    expect((await nest.get('/overridden/7')).text).toBe('fake 7 mocked');
    expect(nest.app.get<string>('OF_MODULE', { strict: false })).toBe('replaced');
  });

  it('does not change the routes of the application', async () => {
    if (nestStock) return;
    expect((await nest.get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await nest.get('/users/1')).status).toBe(401);
  });
});

describe('a testing module with classes of the application', () => {
  const nest = nestWith<Probe>('testing/own-modules');

  it('provides a service with a mock repository', async () => {
    const { found, missing } = await nest.probe.itemsService();
    expect(found).toMatchObject({ name: 'Lamp' });
    expect(missing).toMatchObject({ message: 'Item 8 not found', status: 404 });
  });

  it('provides a controller with a mock service', async () => {
    expect(await nest.probe.itemsController()).toMatchObject({ name: 'Lamp' });
  });

  it('overrides the guard of the application', async () => {
    expect((await nest.get('/unsaid')).body).toEqual({ obstacle: 'made up' });
  });

  it('overrides a provider of the application', async () => {
    if (nestStock) return;
    const { status, body } = await nest.get('/health/ready');
    expect([status, body]).toEqual([503, { detail: 'Not ready: made up' }]);
  });
});
